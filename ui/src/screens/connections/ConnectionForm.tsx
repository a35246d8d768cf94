// A new connection, or a change to one. The secret goes straight to the backend and is
// forgotten here as soon as it is sent.

import {
  Button,
  ButtonGroup,
  Checkbox,
  Content,
  Dialog,
  Disclosure,
  DisclosurePanel,
  DisclosureTitle,
  Form,
  Heading,
  NumberField,
  TextField,
  ToastQueue,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { backend } from "../../backend/call";
import type { ConnectionLine, Limits } from "../../backend/types";
import { ProblemNote } from "../../parts/States";
import { secretKept, useSecretPlace } from "../../state/queries";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.connections;

const fields = style({ display: "flex", flexDirection: "column", gap: 16 });
const help = style({ font: "body-sm", margin: 0 });

const DEFAULTS: Limits = { daily_quota: 50_000, calls_per_20s: 40, concurrency: 3 };

export interface ConnectionFormProps {
  /** The one to change; a new one when there is none. */
  connection: ConnectionLine | null;
  /** Told the name of a new one. */
  added: (name: string) => void;
  close: () => void;
}

/** No number where nothing was said. */
function yearOf(at: string | null): number {
  return at === null ? Number.NaN : new Date(at).getUTCFullYear();
}

export function ConnectionForm({ connection, added, close }: ConnectionFormProps) {
  const [name, setName] = useState(connection?.name ?? "");
  const [description, setDescription] = useState(connection?.description ?? "");
  const [endpoint, setEndpoint] = useState(connection?.base_url ?? "");
  const [munchkin, setMunchkin] = useState(connection?.munchkin_id ?? "");
  const [clientId, setClientId] = useState(connection?.client_id ?? "");
  const [secret, setSecret] = useState("");
  const place = useSecretPlace();
  const [limits, setLimits] = useState<Limits>(connection?.limits ?? DEFAULTS);
  const [hipaa, setHipaa] = useState(connection?.hipaa_ready ?? false);
  const [since, setSince] = useState(yearOf(connection?.people_since ?? null));
  const client = useQueryClient();
  const save = useDeed(async () => {
    const fields = {
      name,
      description,
      munchkin_id: munchkin,
      client_id: clientId,
      limits,
      hipaa_ready: hipaa,
      people_since: Number.isNaN(since) ? null : `${since}-01-01T00:00:00Z`,
    };
    const base_url = endpoint.trim() === "" ? null : endpoint;
    return connection === null
      ? await backend.addConnection({ ...fields, base_url }, secret)
      : await backend.editConnection(connection.name, { ...fields, base_url }, secret === "" ? null : secret);
  });
  const submit = async () => {
    const isGiven = secret !== "";
    const saved = await save.run(undefined);
    setSecret("");
    if (saved !== undefined) {
      if (isGiven) {
        secretKept(client, saved.name);
      }
      ToastQueue.positive(connection === null ? t.added(saved.name) : t.changed(saved.name), {
        timeout: 5000,
      });
      if (connection === null) {
        added(saved.name);
      }
      close();
    }
  };
  const leadsElsewhere =
    connection !== null && (endpoint !== connection.base_url || munchkin !== connection.munchkin_id);
  const isComplete =
    name.trim() !== "" &&
    munchkin.trim() !== "" &&
    (connection === null || endpoint.trim() !== "") &&
    clientId.trim() !== "" &&
    ((connection !== null && !leadsElsewhere) || secret !== "" || connection?.sandbox === true);
  const limit = (key: keyof Limits) => (value: number) =>
    setLimits((before) => ({ ...before, [key]: Number.isFinite(value) ? value : before[key] }));
  return (
    <Dialog size="L">
      <Heading slot="title">
        {connection === null ? t.form.addTitle : t.form.editTitle(connection.name)}
      </Heading>
      <Content>
        <Form
          id="connection-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isComplete && !save.busy) {
              void submit();
            }
          }}
        >
          <TextField
            autoFocus
            isRequired
            label={t.form.name}
            description={t.form.nameHelp}
            value={name}
            onChange={setName}
          />
          <TextField label={t.form.description} value={description} onChange={setDescription} />
          <TextField
            isRequired={connection !== null}
            label={t.endpoint}
            description={
              connection === null ? `${t.form.endpointHelp} ${t.form.endpointBlank}` : t.form.endpointHelp
            }
            value={endpoint}
            onChange={setEndpoint}
          />
          <TextField
            isRequired
            label={t.munchkin}
            description={t.form.munchkinHelp}
            value={munchkin}
            onChange={setMunchkin}
          />
          <TextField
            isRequired
            label={t.clientId}
            description={t.form.clientIdHelp}
            value={clientId}
            onChange={setClientId}
          />
          {connection === null || leadsElsewhere ? (
            <TextField
              isRequired
              type="password"
              autoComplete="off"
              label={t.secret}
              description={t.form.secretHelp[place]}
              value={secret}
              onChange={setSecret}
            />
          ) : null}
          <Disclosure>
            <DisclosureTitle>{t.form.limits}</DisclosureTitle>
            <DisclosurePanel>
              <div className={fields}>
                <p className={help}>{t.form.limitsHelp}</p>
                <NumberField
                  label={t.form.calls}
                  minValue={1}
                  value={limits.calls_per_20s}
                  onChange={limit("calls_per_20s")}
                />
                <NumberField
                  label={t.form.atOnce}
                  minValue={1}
                  value={limits.concurrency}
                  onChange={limit("concurrency")}
                />
                <NumberField
                  label={t.form.day}
                  minValue={1}
                  value={limits.daily_quota}
                  onChange={limit("daily_quota")}
                />
                <NumberField
                  label={t.form.since}
                  description={t.form.sinceHelp}
                  minValue={2006}
                  maxValue={new Date().getFullYear()}
                  formatOptions={{ useGrouping: false }}
                  value={since}
                  onChange={setSince}
                />
                <Checkbox isSelected={hipaa} onChange={setHipaa}>
                  {t.hipaa}
                </Checkbox>
                <p className={help}>{t.form.hipaaHelp}</p>
              </div>
            </DisclosurePanel>
          </Disclosure>
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
          form="connection-form"
          isDisabled={!isComplete}
          isPending={save.busy}
        >
          {connection === null ? t.add : words.common.save}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
