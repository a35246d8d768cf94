// Runs as bars of people by outcome, the newest at the right.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { RunReport } from "../../backend/types";
import { FILL, TICK, type Tone } from "../../parts/charts/tones";
import { words } from "../../words";
import { count, counted, dateTime, day } from "../../words/format";
import { outcomesOf } from "../runs/outcomes";

const t = words.overview;

/** How tall the bars are with what explains them, about, in pixels. */
export const CHART_PX = 256;

/** `runs`: the newest first. */
export function RunsChart({ runs }: { runs: readonly RunReport[] }) {
  const bars = runs.toReversed().map((run) => {
    const outcomes = outcomesOf(run.people);
    return {
      id: run.run_id,
      ...Object.fromEntries(outcomes.map((outcome) => [outcome.id, outcome.value])),
    };
  });
  const startOf = (id: string) => {
    const run = runs.find((one) => one.run_id === id);
    return run === undefined ? "" : day(run.started_at);
  };
  // Only what is there is explained.
  const kinds = outcomesOf(undefined).filter((kind) =>
    bars.some((bar) => (bar as Record<string, unknown>)[kind.id] !== 0),
  );
  return (
    <>
      <div
        className={style({ width: "full", height: 220, minWidth: 0 })}
        role="img"
        aria-label={t.chartLabel(counted(runs.length, "run", "runs"))}
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
                const run = active ? runs.find((one) => one.run_id === label) : undefined;
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
    </>
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
