// All syncs, and the way to a new one.

import {
  Button,
  Cell,
  Column,
  DialogContainer,
  Row,
  StatusLight,
  TableBody,
  TableHeader,
  TableView,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { AudienceDocument, Destination, RunReport, Sync } from "../../backend/types";
import { Ago } from "../../parts/Ago";
import { RunStateLight } from "../../parts/Badges";
import { Page } from "../../parts/Page";
import { RowLink } from "../../parts/RowLink";
import { Answer, Empty } from "../../parts/States";
import { nameOfRow, rowId, tableHeight } from "../../parts/tables";
import { useAudiences, useCurrentRuns, useDestinations, useNextRun, useSyncs } from "../../state/queries";
import { go, to } from "../../state/route";
import { words } from "../../words";
import { dateTime } from "../../words/format";
import { chooseFile } from "../audiences/offered";
import { SyncForm } from "./SyncForm";

const t = words.syncs;

/** Names of what a new sync is to be of. */
interface Meant {
  audience: string | undefined;
  destination: string | undefined;
}

/** `adding`: the form of a new one is open, for what is named. */
export function SyncsScreen({ adding: asked }: { adding: Meant | null }) {
  const all = useSyncs();
  const audiences = useAudiences();
  const destinations = useDestinations();
  const runs = useCurrentRuns();
  const [adding, setAdding] = useState(asked !== null);
  const ready = (audiences.data?.length ?? 0) > 0 && (destinations.data?.length ?? 0) > 0;
  const add = (
    <Button variant="accent" isDisabled={!ready} onPress={() => setAdding(true)}>
      {t.add}
    </Button>
  );
  const missing =
    (audiences.data?.length ?? 0) === 0 ? (
      <Button variant="accent" onPress={() => void chooseFile(null)}>
        {words.audiences.import}
      </Button>
    ) : (
      <Button variant="accent" onPress={() => go(to("new-destination"))}>
        {words.destinations.add}
      </Button>
    );
  return (
    <Page title={t.title} subtitle={t.subtitle} actions={(all.data?.length ?? 0) > 0 ? add : undefined}>
      <Answer of={all}>
        {(syncs) =>
          syncs.length === 0 ? (
            <Empty title={t.emptyTitle} actions={ready ? add : missing}>
              {ready ? t.emptyText : t.needsBoth}
            </Empty>
          ) : (
            <SyncTable
              syncs={syncs}
              audiences={audiences.data ?? []}
              destinations={destinations.data ?? []}
              runs={runs.data ?? []}
            />
          )
        }
      </Answer>
      <DialogContainer onDismiss={() => setAdding(false)}>
        {adding && ready ? (
          <SyncForm
            meant={asked ?? undefined}
            sync={null}
            syncs={all.data ?? []}
            audiences={audiences.data ?? []}
            destinations={destinations.data ?? []}
            close={() => setAdding(false)}
          />
        ) : null}
      </DialogContainer>
    </Page>
  );
}

interface SyncTableProps {
  syncs: readonly Sync[];
  audiences: readonly AudienceDocument[];
  destinations: readonly Destination[];
  runs: readonly RunReport[];
}

function SyncTable({ syncs, audiences, destinations, runs }: SyncTableProps) {
  const nameOf = (all: readonly { id: string; name: string }[], id: string) =>
    all.find((one) => one.id === id)?.name ?? "";
  const nextRun = useNextRun();
  return (
    <TableView
      aria-label={t.title}
      styles={style({ width: "full", flexShrink: 0 })}
      UNSAFE_style={tableHeight(syncs.length, 15)}
      onAction={(key) => go(to("syncs", nameOfRow(key)))}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={150}>
          {t.name}
        </Column>
        <Column id="audience" minWidth={130}>
          {t.audience}
        </Column>
        <Column id="destination" minWidth={130}>
          {t.destination}
        </Column>
        <Column id="state" minWidth={200}>
          {t.lastRun}
        </Column>
        <Column id="when" width={130}>
          {words.runs.started}
        </Column>
        <Column id="next" width={180}>
          {t.schedule.next}
        </Column>
      </TableHeader>
      <TableBody items={syncs.map((sync) => ({ sync, id: rowId(sync.name) }))}>
        {({ sync }) => {
          const next = nextRun(sync.name);
          const last = runs.find((run) => run.sync === sync.name);
          return (
            <Row id={rowId(sync.name)}>
              <Cell textValue={sync.name}>
                <RowLink path={to("syncs", sync.name)}>{sync.name}</RowLink>
              </Cell>
              <Cell>{nameOf(audiences, sync.audience)}</Cell>
              <Cell>{nameOf(destinations, sync.destination)}</Cell>
              <Cell textValue={last === undefined ? t.never : words.runs.states[last.state]}>
                {sync.paused ? (
                  <StatusLight variant="neutral">{t.paused}</StatusLight>
                ) : last === undefined ? (
                  t.never
                ) : (
                  <RunStateLight state={last.state} />
                )}
              </Cell>
              <Cell textValue={last?.started_at ?? ""}>
                {last === undefined ? "" : <Ago at={last.started_at} />}
              </Cell>
              <Cell>{next === null ? t.byHand : dateTime(next)}</Cell>
            </Row>
          );
        }}
      </TableBody>
    </TableView>
  );
}
