// Runs as a table: when, how it ended, how many.

import { Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { RunReport } from "../../backend/types";
import { RunStateLight } from "../../parts/Badges";
import { RowLink } from "../../parts/RowLink";
import { useRowsSoon } from "../../parts/Soon";
import { tableHeight } from "../../parts/tables";
import { go, to } from "../../state/route";
import { words } from "../../words";
import { count, dateTime, duration } from "../../words/format";
import { totalsOf } from "./outcomes";

const t = words.runs;

/** What is told of a run's people in a table: with those who stayed as they were, its rows. */
export const TOTALS = [
  { id: "created", name: words.people.outcomes.created, width: 90 },
  { id: "updated", name: words.people.outcomes.updated, width: 92 },
  { id: "leftOut", name: t.leftOut, width: 90 },
  { id: "notDelivered", name: t.notDelivered, width: 128 },
] as const;

export function RunTable({ runs }: { runs: readonly RunReport[] }) {
  const drawn = useRowsSoon(runs);
  return (
    <TableView
      aria-label={t.title}
      styles={style({ width: "full", flexShrink: 0 })}
      UNSAFE_style={tableHeight(runs.length, 15)}
      onAction={(key) => go(to("runs", String(key)))}
    >
      <TableHeader>
        <Column id="started" isRowHeader minWidth={165}>
          {t.started}
        </Column>
        <Column id="sync" minWidth={110}>
          {t.sync}
        </Column>
        <Column id="state" minWidth={210}>
          {t.state}
        </Column>
        {TOTALS.map(({ id, name, width }) => (
          <Column key={id} id={id} align="end" width={width}>
            {name}
          </Column>
        ))}
        <Column id="took" align="end" width={95}>
          {t.took}
        </Column>
      </TableHeader>
      <TableBody items={drawn.map((run) => ({ run, id: run.run_id }))}>
        {({ run }) => {
          const totals = totalsOf(run.people);
          return (
            <Row id={run.run_id}>
              <Cell textValue={dateTime(run.started_at)}>
                <RowLink path={to("runs", run.run_id)}>{dateTime(run.started_at)}</RowLink>
              </Cell>
              <Cell>{run.sync}</Cell>
              <Cell textValue={t.states[run.state]}>
                <RunStateLight state={run.state} />
              </Cell>
              {TOTALS.map(({ id }) => (
                <Cell key={id} align="end">
                  {count(totals[id])}
                </Cell>
              ))}
              <Cell align="end">{tookOf(run)}</Cell>
            </Row>
          );
        }}
      </TableBody>
    </TableView>
  );
}

/** How long a run took, once it has ended. */
export function tookOf(run: RunReport): string {
  return run.finished_at === null
    ? ""
    : duration((Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000);
}
