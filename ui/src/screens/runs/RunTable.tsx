// Runs as a table: when, how it ended, how many.

import { Cell, Column, Link, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { RunReport } from "../../backend/types";
import { RunStateLight } from "../../parts/Badges";
import { tableHeight } from "../../parts/tables";
import { go, to } from "../../state/route";
import { words } from "../../words";
import { count, dateTime, duration } from "../../words/format";
import { outcomesOf } from "./outcomes";

const t = words.runs;

export function RunTable({ runs }: { runs: readonly RunReport[] }) {
  return (
    <TableView
      aria-label={t.title}
      styles={style({ width: "full", flexShrink: 0 })}
      UNSAFE_style={tableHeight(runs.length, 15)}
      onAction={(key) => go(to("runs", String(key)))}
    >
      <TableHeader>
        <Column id="started" isRowHeader minWidth={170}>
          {t.started}
        </Column>
        <Column id="sync" minWidth={130}>
          {t.sync}
        </Column>
        <Column id="state" minWidth={210}>
          {t.state}
        </Column>
        <Column id="created" align="end" width={96}>
          {words.people.outcomes.created}
        </Column>
        <Column id="updated" align="end" width={96}>
          {words.people.outcomes.updated}
        </Column>
        <Column id="refused" align="end" width={160}>
          {t.refused}
        </Column>
        <Column id="took" align="end" width={100}>
          {t.took}
        </Column>
      </TableHeader>
      <TableBody items={runs.map((run) => ({ run, id: run.run_id }))}>
        {({ run }) => {
          const outcomes = outcomesOf(run.people);
          const refused = outcomes
            .filter((outcome) => outcome.id === "rejected" || outcome.id === "invalid")
            .reduce((sum, outcome) => sum + outcome.value, 0);
          return (
            <Row id={run.run_id}>
              <Cell textValue={dateTime(run.started_at)}>
                <Link isStandalone isQuiet href={to("runs", run.run_id)}>
                  {dateTime(run.started_at)}
                </Link>
              </Cell>
              <Cell>{run.sync}</Cell>
              <Cell textValue={t.states[run.state]}>
                <RunStateLight state={run.state} />
              </Cell>
              <Cell align="end">{count(run.people.created)}</Cell>
              <Cell align="end">{count(run.people.updated)}</Cell>
              <Cell align="end">{count(refused)}</Cell>
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
