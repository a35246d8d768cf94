// The settings of a destination, field by field, each with what it does.

import {
  Button,
  ComboBox,
  ComboBoxItem,
  Form,
  LabeledValue,
  Picker,
  PickerItem,
  Radio,
  RadioGroup,
  TextField,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useId } from "react";
import type { ConnectionLine, Fault, PersonAction, ServiceDescription, SyncType } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { words } from "../../words";
import { ago } from "../../words/format";
import { type Draft, faultAt } from "./draft";

const t = words.destinations;
const DEFAULT_PARTITION = "default/";
/** Cannot identify people, though they can be searched by. */
const NEVER_DEDUPE = ["id", "leadid", "ecid", "ecids"];

const columns = style({
  display: "grid",
  gap: 32,
  gridTemplateColumns: "repeat(auto-fit, minmax(340px, 1fr))",
});
const note = style({ font: "body-sm", color: "neutral-subdued", margin: 0 });

export interface SettingsPanelProps {
  draft: Draft;
  change: (some: Partial<Draft>) => void;
  connections: readonly ConnectionLine[];
  canChooseConnection: boolean;
  description: ServiceDescription | null;
  describing: boolean;
  describe: () => void;
  faults: readonly Fault[];
}

export function SettingsPanel(props: SettingsPanelProps) {
  const { draft, change, connections, canChooseConnection, description, describing, describe, faults } =
    props;
  const whyNoPartition = useId();
  const chosen = connections.find((one) => one.id === draft.connection);
  const allowsPartition = draft.syncType !== "audience-only";
  const dedupeFault = faultAt(faults, (place) => place === "dedupe_field");
  const partitionFault = faultAt(faults, (place) => place === "partition");
  const searchable = (description?.fields ?? []).filter(
    (field) => field.searchable && !NEVER_DEDUPE.includes(field.name.toLowerCase()),
  );
  return (
    <Panel
      title={t.settings}
      note={description === null ? t.neverRead : t.asOf(ago(description.read_at))}
      actions={
        <Button
          variant={description === null ? "accent" : "secondary"}
          isPending={describing}
          onPress={describe}
        >
          {describing ? t.reading : t.readFields}
        </Button>
      }
    >
      <Form>
        <div className={columns}>
          <div className={style({ display: "flex", flexDirection: "column", gap: 16 })}>
            <TextField
              isRequired
              autoFocus={canChooseConnection}
              label={t.name}
              description={t.nameHelp}
              value={draft.name}
              onChange={(name) => change({ name })}
            />
            <TextField
              label={t.description}
              description={t.descriptionHelp}
              value={draft.description}
              onChange={(text) => change({ description: text })}
            />
            {canChooseConnection ? (
              <Picker
                label={t.connection}
                description={t.connectionHelp}
                selectedKey={draft.connection}
                onSelectionChange={(key) => change({ connection: String(key) })}
              >
                {connections.map((connection) => (
                  <PickerItem key={connection.id} id={connection.id}>
                    {shownConnection(connection)}
                  </PickerItem>
                ))}
              </Picker>
            ) : (
              <LabeledValue label={t.connection} value={shownConnection(chosen)} />
            )}
            <ComboBox
              label={t.workspace}
              description={t.workspaceHelp}
              allowsCustomValue
              defaultItems={(description?.workspaces ?? []).map((id) => ({ id }))}
              inputValue={draft.workspace}
              onInputChange={(workspace) => change({ workspace })}
            >
              {(one) => <ComboBoxItem id={one.id}>{one.id}</ComboBoxItem>}
            </ComboBox>
            <Picker
              label={t.partition}
              isDisabled={!allowsPartition}
              isInvalid={partitionFault !== undefined}
              errorMessage={partitionFault}
              description={allowsPartition ? t.partitionHelp : undefined}
              {...(allowsPartition ? {} : { "aria-describedby": whyNoPartition })}
              selectedKey={allowsPartition ? (draft.partition ?? DEFAULT_PARTITION) : DEFAULT_PARTITION}
              onSelectionChange={(key) =>
                change({ partition: key === DEFAULT_PARTITION ? null : String(key) })
              }
            >
              {[
                <PickerItem key={DEFAULT_PARTITION} id={DEFAULT_PARTITION}>
                  {t.partitionDefault}
                </PickerItem>,
                ...(description?.partitions ?? []).map(([id, name]) => (
                  <PickerItem key={id} id={name}>
                    {name}
                  </PickerItem>
                )),
              ]}
            </Picker>
            {/* Spectrum greys the help of what is disabled, and the reason is to be read. */}
            {allowsPartition ? null : (
              <p id={whyNoPartition} className={note}>
                {t.partitionNotAllowed}
              </p>
            )}
          </div>
          <div className={style({ display: "flex", flexDirection: "column", gap: 16 })}>
            <RadioGroup
              label={t.syncType}
              value={draft.syncType}
              onChange={(chosen) => change({ syncType: chosen as SyncType })}
            >
              {Object.entries(t.syncTypes).map(([id, name]) => (
                <Radio key={id} value={id}>
                  {name}
                </Radio>
              ))}
            </RadioGroup>
            <p className={note}>{t.syncTypeHelp[draft.syncType]}</p>
            <RadioGroup
              label={t.personAction}
              value={draft.personAction}
              onChange={(chosen) => change({ personAction: chosen as PersonAction })}
            >
              {Object.entries(t.personActions).map(([id, name]) => (
                <Radio key={id} value={id}>
                  {name}
                </Radio>
              ))}
            </RadioGroup>
            <p className={note}>
              {draft.personAction === "update-and-create" && !allowsPartition
                ? t.createsInDefault
                : t.personActionHelp[draft.personAction]}
            </p>
            <ComboBox
              isRequired
              label={t.dedupeField}
              description={t.dedupeFieldHelp}
              isInvalid={dedupeFault !== undefined}
              errorMessage={dedupeFault}
              defaultItems={searchable.map((field) => ({ id: field.name, name: field.display_name }))}
              selectedKey={draft.dedupeField}
              onSelectionChange={(key) => change({ dedupeField: key === null ? "" : String(key) })}
            >
              {(field) => (
                <ComboBoxItem
                  id={field.id}
                  textValue={field.name}
                >{`${field.name} (${field.id})`}</ComboBoxItem>
              )}
            </ComboBox>
          </div>
        </div>
      </Form>
    </Panel>
  );
}

function shownConnection(connection: ConnectionLine | undefined): string {
  return connection === undefined ? "" : `${connection.munchkin_id} (${connection.name})`;
}
