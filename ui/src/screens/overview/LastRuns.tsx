// The last runs as bars of people by outcome, and the way to each.

import { Cell, Column, Link, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { RunReport } from "../../backend/types";
import { Ago } from "../../parts/Ago";
import { RunStateLight } from "../../parts/Badges";
import { FILL, TICK, type Tone } from "../../parts/charts/tones";
import { compactHeight } from "../../parts/tables";
import { to } from "../../state/route";
import { words } from "../../words";
import { count, counted, dateTime, day } from "../../words/format";
import { outcomesOf } from "../runs/outcomes";

const t = words.overview;

/** Runs that are shown. */
const SHOWN = 12;

export function LastRuns({ runs }: { runs: readonly RunReport[] }) {
  const last = runs.slice(0, SHOWN);
  const bars = last.toReversed().map((run) => {
    const outcomes = outcomesOf(run.people);
    return {
      id: run.run_id,
      ...Object.fromEntries(outcomes.map((outcome) => [outcome.id, outcome.value])),
    };
  });
  const startOf = (id: string) => {
    const run = last.find((one) => one.run_id === id);
    return run === undefined ? "" : day(run.started_at);
  };
  // Only what is there is explained.
  const kinds = outcomesOf(undefined).filter((kind) =>
    bars.some((bar) => (bar as Record<string, unknown>)[kind.id] !== 0),
  );
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 16 })}>
      <div
        className={style({ width: "full", height: 220, minWidth: 0 })}
        role="img"
        aria-label={t.chartLabel(counted(last.length, "run", "runs"))}
      >
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={bars} margin={{ top: 8, right: 8, bottom: 0, left: 8 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--usher-grid)" />
            <XAxis
              dataKey="id"
              tick={TICK}
              tickFormatter={startOf}
              tickLine={false}
              interval="preserveStartEnd"
              minTickGap={12}
            />
            <YAxis width={72} tick={TICK} tickFormatter={count} tickLine={false} axisLine={false} />
            <Tooltip
              cursor={{ fill: "var(--usher-grid)" }}
              isAnimationActive={false}
              content={({ active, label }) => {
                const run = active ? last.find((one) => one.run_id === label) : undefined;
                return run === undefined ? null : <RunTip run={run} />;
              }}
            />
            {kinds.map((kind) => (
              <Bar
                key={kind.id}
                dataKey={kind.id}
                stackId="people"
                fill={FILL[kind.tone]}
                isAnimationActive={false}
                maxBarSize={48}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <Legend kinds={kinds} />
      <TableView
        aria-label={t.lastRuns}
        density="compact"
        styles={style({ width: "full" })}
        UNSAFE_style={compactHeight(last.length, 6)}
      >
        <TableHeader>
          <Column id="sync" isRowHeader minWidth={160}>
            {words.runs.sync}
          </Column>
          <Column id="state" minWidth={200}>
            {words.runs.state}
          </Column>
          <Column id="delivered" align="end" width={180}>
            {words.runs.delivered}
          </Column>
          <Column id="refused" align="end" width={180}>
            {words.runs.refused}
          </Column>
          <Column id="started" width={150}>
            {words.runs.started}
          </Column>
        </TableHeader>
        <TableBody items={last.map((run) => ({ run, id: run.run_id }))}>
          {({ run }) => (
            <Row id={run.run_id}>
              <Cell textValue={run.sync}>
                <Link isStandalone isQuiet href={to("runs", run.run_id)}>
                  {run.sync}
                </Link>
              </Cell>
              <Cell textValue={words.runs.states[run.state]}>
                <RunStateLight state={run.state} />
              </Cell>
              <Cell align="end">{count(run.people.created + run.people.updated)}</Cell>
              <Cell align="end">{count(refused(run))}</Cell>
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

/** What a bar is of. */
function RunTip({ run }: { run: RunReport }) {
  const outcomes = outcomesOf(run.people).filter((outcome) => outcome.value > 0);
  return (
    <div className={tip}>
      <strong dir="auto">{run.sync}</strong>
      <span>{dateTime(run.started_at)}</span>
      {outcomes.map((outcome) => (
        <span key={outcome.id}>{`${outcome.name} ${count(outcome.value)}`}</span>
      ))}
    </div>
  );
}

const tip = style({
  display: "flex",
  flexDirection: "column",
  gap: 2,
  padding: 12,
  font: "ui-sm",
  backgroundColor: "elevated",
  borderRadius: "default",
  boxShadow: "elevated",
  maxWidth: 320,
  overflowWrap: "anywhere",
});

function refused(run: RunReport): number {
  const all = [...Object.values(run.people.rejected), ...Object.values(run.people.invalid)];
  return all.reduce((sum, value) => sum + value, 0);
}

function Legend({ kinds }: { kinds: readonly { id: string; name: string; tone: Tone }[] }) {
  return (
    <ul
      className={style({
        display: "flex",
        flexWrap: "wrap",
        gap: 16,
        margin: 0,
        padding: 0,
        listStyleType: "none",
        font: "ui-sm",
      })}
    >
      {kinds.map((kind) => (
        <li key={kind.id} className={style({ display: "flex", alignItems: "center", gap: 8 })}>
          <span
            className={style({ width: 12, height: 12, borderRadius: "sm" })}
            style={{ backgroundColor: FILL[kind.tone] }}
          />
          {kind.name}
        </li>
      ))}
    </ul>
  );
}
