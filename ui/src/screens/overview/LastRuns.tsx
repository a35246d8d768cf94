// The last runs as bars of people by outcome, and the way to each.

import { Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { RunReport } from "../../backend/types";
import { Ago } from "../../parts/Ago";
import { RunStateLight } from "../../parts/Badges";
import { RowLink } from "../../parts/RowLink";
import { Soon, useRowsSoon } from "../../parts/Soon";
import { compactHeight } from "../../parts/tables";
import { to } from "../../state/route";
import { words } from "../../words";
import { count } from "../../words/format";
import { totalsOf } from "../runs/outcomes";
import { TOTALS } from "../runs/RunTable";
import { CHART_PX, RunsChart } from "./RunsChart";

const t = words.overview;

/** Runs that are shown. */
const SHOWN = 12;

export function LastRuns({ runs }: { runs: readonly RunReport[] }) {
  const last = runs.slice(0, SHOWN);
  const drawn = useRowsSoon(last);
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 16 })}>
      {/* One bar has nothing to be compared with. */}
      {last.length === 1 ? null : (
        <Soon height={CHART_PX}>
          <RunsChart runs={last} />
        </Soon>
      )}
      <TableView
        aria-label={t.lastRuns}
        density="compact"
        styles={style({ width: "full" })}
        UNSAFE_style={compactHeight(last.length, 6)}
      >
        <TableHeader>
          <Column id="sync" isRowHeader minWidth={140}>
            {words.runs.sync}
          </Column>
          <Column id="state" minWidth={200}>
            {words.runs.state}
          </Column>
          {TOTALS.map(({ id, name, width }) => (
            <Column key={id} id={id} align="end" width={width}>
              {name}
            </Column>
          ))}
          <Column id="started" width={130}>
            {words.runs.started}
          </Column>
        </TableHeader>
        <TableBody items={drawn.map((run) => ({ run, id: run.run_id }))}>
          {({ run }) => (
            <Row id={run.run_id}>
              <Cell textValue={run.sync}>
                <RowLink path={to("runs", run.run_id)}>{run.sync}</RowLink>
              </Cell>
              <Cell textValue={words.runs.states[run.state]}>
                <RunStateLight state={run.state} />
              </Cell>
              {TOTALS.map(({ id }) => (
                <Cell key={id} align="end">
                  {count(totalsOf(run.people)[id])}
                </Cell>
              ))}
              <Cell textValue={run.started_at}>
                <Ago at={run.started_at} />
              </Cell>
            </Row>
          )}
        </TableBody>
      </TableView>
    </div>
  );
}
