// A new sync, or a change to one: which audience, where to, and what is never done.

import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  Form,
  Heading,
  NumberField,
  Picker,
  PickerItem,
  Radio,
  RadioGroup,
  TextField,
  ToastQueue,
} from "@react-spectrum/s2";
import { useState } from "react";
import { backend } from "../../backend/call";
import type { AudienceDocument, Destination, Mode, OnDrift, Sync } from "../../backend/types";
import { ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { AlertFields, alertDraftOf, alertsOf } from "./AlertFields";
import { draftOf, ScheduleFields, scheduleOf } from "./ScheduleFields";

const t = words.syncs;
const NO_CONSENT = "none/";

export interface SyncFormProps {
  /** The one to change; a new one when there is none. */
  sync: Sync | null;
  audiences: readonly AudienceDocument[];
  destinations: readonly Destination[];
  /** All there are: a new one has a name of its own. */
  syncs: readonly Sync[];
  /** The names of what a new one is of, where that is known. */
  meant?: { audience: string | undefined; destination: string | undefined } | undefined;
  close: () => void;
}

/** The first name that no sync has yet. */
export function freeName(wished: string, syncs: readonly Sync[]): string {
  const isFree = (name: string) => syncs.every((sync) => sync.name !== name);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wished : `${wished} ${number}`;
    if (isFree(name)) {
      return name;
    }
  }
}

export function SyncForm({ sync, syncs, audiences, destinations, meant, close }: SyncFormProps) {
  const first = destinations.find((one) => one.name === meant?.destination) ?? destinations[0];
  const people = audiences.find((one) => one.name === meant?.audience) ?? audiences[0];
  const [audience, setAudience] = useState(sync?.audience ?? people?.id ?? "");
  const [destination, setDestination] = useState(sync?.destination ?? first?.id ?? "");
  const [name, setName] = useState(sync?.name ?? "");
  const [list, setList] = useState(listName(sync));
  const [mode, setMode] = useState<Mode>(sync?.mode ?? "mirror");
  const [onDrift, setOnDrift] = useState<OnDrift>(sync?.on_drift ?? "leave");
  const [column, setColumn] = useState(sync?.consent?.column ?? NO_CONSENT);
  const [value, setValue] = useState(sync?.consent?.value ?? "");
  const [most, setMost] = useState(sync?.max_creations ?? Number.NaN);
  const [schedule, setSchedule] = useState(draftOf(sync?.schedule ?? null, sync?.missed ?? "once"));
  const [alerts, setAlerts] = useState(alertDraftOf(sync?.alerts ?? []));
  const audienceName = audiences.find((one) => one.id === audience)?.name ?? "";
  // A list of that name at the same Marketo is the same list.
  const connectionOf = (id: string) => destinations.find((one) => one.id === id)?.connection;
  const filled = list.trim() === "" ? audienceName : list.trim();
  const others = syncs.filter((one) => one.id !== sync?.id);
  const sharing = others.find(
    (one) => listName(one) === filled && connectionOf(one.destination) === connectionOf(destination),
  );
  const freeOne = sync?.name ?? freeName(audienceName, others);
  const columns = audiences.find((one) => one.id === audience)?.columns ?? [];
  const fillsList = destinations.find((one) => one.id === destination)?.sync_type !== "profile-only";
  const save = useDeed(async () => {
    const wish = { name: list.trim() === "" ? null : list };
    const fields = {
      name: name.trim() === "" ? freeOne : name,
      mode,
      on_drift: onDrift,
      consent: column === NO_CONSENT ? null : { column, value },
      max_creations: Number.isNaN(most) ? null : most,
      schedule: scheduleOf(schedule),
      missed: schedule.missed,
      alerts: alertsOf(alerts),
    };
    return sync === null
      ? await backend.createSync({ ...fields, audience, destination, list: fillsList ? wish : {} })
      : await backend.editSync(sync.name, { ...fields, ...(list === listName(sync) ? {} : { list: wish }) });
  });
  const submit = async () => {
    const saved = await save.run(undefined);
    if (saved !== undefined) {
      ToastQueue.positive(sync === null ? t.created(saved.name) : t.changed(saved.name), { timeout: 5000 });
      close();
      go(to("syncs", saved.name));
    }
  };
  return (
    <Dialog size="L">
      <Heading slot="title">{sync === null ? t.add : sync.name}</Heading>
      <Content>
        <Form
          id="sync-form"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          {sync === null ? (
            <>
              <Picker
                label={t.audience}
                selectedKey={audience}
                onSelectionChange={(key) => setAudience(String(key))}
              >
                {audiences.map((one) => (
                  <PickerItem key={one.id} id={one.id}>
                    {one.name}
                  </PickerItem>
                ))}
              </Picker>
              <Picker
                label={t.destination}
                selectedKey={destination}
                onSelectionChange={(key) => setDestination(String(key))}
              >
                {destinations.map((one) => (
                  <PickerItem key={one.id} id={one.id}>
                    {one.name}
                  </PickerItem>
                ))}
              </Picker>
            </>
          ) : null}
          <TextField label={t.name} placeholder={freeOne} value={name} onChange={setName} />
          <TextField
            label={t.list}
            description={
              !fillsList ? t.listNone : sharing === undefined ? t.listHelp : t.listShared(sharing.name)
            }
            placeholder={audienceName}
            isDisabled={!fillsList || typeof sync?.list === "string"}
            value={list}
            onChange={setList}
          />
          <RadioGroup
            label={t.mode}
            description={t.modeHelp}
            value={mode}
            onChange={(chosen) => setMode(chosen as Mode)}
          >
            <Radio value="mirror">{t.modes.mirror}</Radio>
            <Radio value="add-only">{t.modes["add-only"]}</Radio>
          </RadioGroup>
          <RadioGroup label={t.onDrift} value={onDrift} onChange={(chosen) => setOnDrift(chosen as OnDrift)}>
            <Radio value="leave">{t.onDrifts.leave}</Radio>
            <Radio value="overwrite">{t.onDrifts.overwrite}</Radio>
          </RadioGroup>
          <Picker
            label={t.consentColumn}
            selectedKey={column}
            onSelectionChange={(key) => setColumn(String(key))}
          >
            {[
              <PickerItem key={NO_CONSENT} id={NO_CONSENT}>
                {t.consentNone}
              </PickerItem>,
              ...columns.map((one) => (
                <PickerItem key={one} id={one}>
                  {one}
                </PickerItem>
              )),
            ]}
          </Picker>
          {column === NO_CONSENT ? null : (
            <TextField isRequired label={t.consentValue} value={value} onChange={setValue} />
          )}
          <NumberField
            label={t.maxCreations}
            description={t.maxCreationsHelp}
            minValue={0}
            value={most}
            onChange={setMost}
          />
          <ScheduleFields draft={schedule} change={setSchedule} />
          <AlertFields draft={alerts} change={setAlerts} />
          {save.problem === null ? null : <ProblemNote problem={save.problem} />}
        </Form>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={close}>
          {words.common.cancel}
        </Button>
        <Button
          variant="accent"
          type="submit"
          form="sync-form"
          isPending={save.busy}
          isDisabled={column !== NO_CONSENT && value.trim() === ""}
        >
          {sync === null ? t.create : words.common.save}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}

/** The name of the list a sync fills, if it is known by one. */
function listName(sync: Sync | null): string {
  const list = sync?.list;
  return typeof list === "object" && "named" in list ? list.named.name : "";
}
