// One destination, new or kept: its settings, and which column fills which field.

import { ActionMenu, Button, ButtonGroup, MenuItem, StatusLight, ToastQueue } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { backend } from "../../backend/call";
import { problemOf } from "../../backend/problem";
import type { AudienceDocument, ConnectionLine, Destination } from "../../backend/types";
import { Confirm } from "../../parts/Confirm";
import { NotFound } from "../../parts/NotFound";
import { Page } from "../../parts/Page";
import { TaskProgress } from "../../parts/Progress";
import { Answer, Empty, ProblemNote } from "../../parts/States";
import { useAudiences, useConnections, useDescription, useDestinations } from "../../state/queries";
import { go, to } from "../../state/route";
import { useSettled } from "../../state/settled";
import { useDeed, useTask } from "../../state/tasks";
import { words } from "../../words";
import { asked, type Draft, withColumns } from "./draft";
import { MappingPanel } from "./MappingPanel";
import { SettingsPanel } from "./SettingsPanel";
import { useDraft } from "./useDraft";

const t = words.destinations;

/** `destination`: the one that is kept; a new one where there is none. */
export function DestinationScreen({ destination: name }: { destination: string | null }) {
  const destinations = useDestinations();
  const connections = useConnections();
  const audiences = useAudiences();
  return (
    <Answer of={destinations} screen={t.title}>
      {(all) => (
        <Answer of={connections} screen={t.title}>
          {(connected) => (
            <Answer of={audiences} screen={t.title}>
              {(people) => {
                const kept = all.find((one) => one.name === name || one.id === name);
                if (name !== null && kept === undefined) {
                  return <NotFound />;
                }
                return connected.length === 0 ? (
                  <Page title={t.newTitle}>
                    <Empty
                      title={t.connect}
                      actions={
                        <Button variant="accent" onPress={() => go(to("connections", "new"))}>
                          {t.connect}
                        </Button>
                      }
                    >
                      {t.needsConnection}
                    </Empty>
                  </Page>
                ) : (
                  <Editor kept={kept} connections={connected} audiences={people} />
                );
              }}
            </Answer>
          )}
        </Answer>
      )}
    </Answer>
  );
}

/** The audience whose columns a kept mapping names most; any other for a new one. */
function likely(audiences: readonly AudienceDocument[], kept: Destination | undefined): string | null {
  const wanted =
    kept === undefined ? [] : [kept.mapping.key_column, ...kept.mapping.fields.map((rule) => rule.source)];
  const covers = (audience: AudienceDocument) =>
    wanted.filter((column) => audience.columns.includes(column)).length;
  return audiences.toSorted((a, b) => covers(b) - covers(a))[0]?.name ?? null;
}

interface EditorProps {
  kept: Destination | undefined;
  connections: readonly ConnectionLine[];
  audiences: readonly AudienceDocument[];
}

function Editor({ kept, connections, audiences }: EditorProps) {
  const [audience, setAudience] = useState(() => likely(audiences, kept));
  const { draft, setDraft, isChanged, discard, settle } = useDraft(kept, connections[0]?.id ?? "");
  const [removing, setRemoving] = useState(false);
  const sample = audiences.find((one) => one.name === audience);
  const shown = useMemo(() => withColumns(draft, sample), [draft, sample]);
  const change = (some: Partial<Draft>) => setDraft({ ...shown, ...some });
  const description = useDescription(draft.connection === "" ? null : draft.connection);
  const request = useSettled(
    useMemo(() => asked(shown), [shown]),
    150,
  );
  const check = useQuery({
    queryKey: ["check", request, audience, description.data?.read_at],
    queryFn: () => backend.checkDestination(request, audience),
    enabled: draft.connection !== "",
    placeholderData: keepPreviousData,
  });
  const faults = check.data?.faults ?? [];
  const describe = useTask(backend.describe);
  const { run: read } = describe;
  const neverRead = description.data === null;
  // What can be chosen is the live service's own.
  useEffect(() => {
    if (neverRead && draft.connection !== "") {
      void read(draft.connection);
    }
  }, [neverRead, draft.connection, read]);
  const save = useTask((task) => {
    const made = asked(shown);
    if (kept === undefined) {
      return backend.createDestination(task, made);
    }
    const { connection: _fixed, ...fields } = made;
    return backend.editDestination(task, kept.name, fields);
  });
  const remove = useDeed(async () => {
    await backend.removeDestination(kept?.name ?? "");
    go("/destinations");
  });
  const submit = async () => {
    const saved = await save.run(undefined);
    if (saved !== undefined) {
      settle();
      ToastQueue.positive(t.saved(saved.name), { timeout: 4000 });
      go(to("destinations", saved.name));
    }
  };
  const problem = save.problem ?? remove.problem ?? describe.problem;
  const isComplete = draft.name.trim() !== "" && faults.length === 0 && check.data !== undefined;
  return (
    <Page
      title={kept?.name ?? t.newTitle}
      actions={
        <>
          {isComplete || check.isPending ? null : (
            <StatusLight variant="notice">{draft.name.trim() === "" ? t.nameFirst : t.fixFirst}</StatusLight>
          )}
          <ButtonGroup>
            {kept === undefined ? (
              <Button
                variant="secondary"
                onPress={() => {
                  settle();
                  go("/destinations");
                }}
              >
                {words.common.cancel}
              </Button>
            ) : isChanged ? (
              <Button variant="secondary" onPress={discard}>
                {t.discard}
              </Button>
            ) : (
              <Button variant="accent" onPress={() => go(to("new-sync", "to", kept.name))}>
                {t.makeSync}
              </Button>
            )}
            <Button
              variant={kept === undefined || isChanged ? "accent" : "secondary"}
              isPending={save.busy}
              isDisabled={!isComplete}
              onPress={() => void submit()}
            >
              {t.save}
            </Button>
          </ButtonGroup>
          {kept === undefined ? null : (
            <ActionMenu aria-label={words.common.moreFor(kept.name)} onAction={() => setRemoving(true)}>
              <MenuItem id="remove">{words.common.remove}</MenuItem>
            </ActionMenu>
          )}
        </>
      }
    >
      {problem === null ? null : <ProblemNote problem={problem} />}
      {check.isError ? <ProblemNote problem={problemOf(check.error)} /> : null}
      {isComplete && isChanged ? <StatusLight variant="informative">{t.unsaved}</StatusLight> : null}
      {save.busy ? <TaskProgress label={t.saving} progress={save.progress} stop={save.stop} /> : null}
      <div className={style({ display: "flex", flexDirection: "column", gap: 24 })}>
        <SettingsPanel
          draft={shown}
          change={change}
          connections={connections}
          canChooseConnection={kept === undefined}
          description={description.data ?? null}
          describing={describe.busy}
          describe={() => void describe.run(draft.connection)}
          faults={faults}
        />
        <MappingPanel
          draft={shown}
          change={change}
          audiences={audiences}
          audience={audience}
          setAudience={setAudience}
          description={description.data ?? null}
          faults={faults}
          companyFields={check.data?.company_fields ?? []}
        />
      </div>
      <Confirm
        open={removing}
        title={t.removeTitle(kept?.name ?? "")}
        deed={t.remove}
        onConfirm={() => void remove.run(undefined)}
        onClose={() => setRemoving(false)}
      >
        {t.removeText}
      </Confirm>
    </Page>
  );
}
