// A whole cut into its parts: one bar, and the numbers beside it.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { Bar, BarChart, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { count, percent } from "../../words/format";
import { FILL, type Tone } from "./tones";

export interface Part {
  id: string;
  name: string;
  value: number;
  tone: Tone;
}

const box = style({ display: "flex", flexDirection: "column", gap: 8 });
const legend = style({
  display: "flex",
  flexWrap: "wrap",
  columnGap: 24,
  rowGap: 8,
  margin: 0,
  padding: 0,
  listStyleType: "none",
  font: "ui",
});
const entry = style({
  display: "flex",
  alignItems: "center",
  gap: 8,
  minWidth: 0,
  maxWidth: "full",
});
const entryText = style({ minWidth: 0, overflowWrap: "anywhere" });
const dot = style({ width: 12, height: 12, borderRadius: "sm", flexShrink: 0 });

export interface PartsProps {
  /** What the whole is. */
  label: string;
  /** Whether that is written above it: a panel's title may say it already. */
  isTitled?: boolean;
  parts: readonly Part[];
}

export function Parts({ label, isTitled = false, parts }: PartsProps) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const data = [Object.fromEntries(parts.map((part) => [part.id, part.value]))];
  const told = parts.map((part) => `${part.name} ${count(part.value)}`).join(", ");
  return (
    <div className={box}>
      {isTitled ? (
        <div className={style({ font: "title-sm", overflowWrap: "anywhere" })} dir="auto">
          {label}
        </div>
      ) : null}
      <div className={style({ height: 28, width: "full" })} role="img" aria-label={`${label}: ${told}`}>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={data}
            layout="vertical"
            margin={{ top: 0, right: 0, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <XAxis type="number" hide domain={[0, Math.max(total, 1)]} />
            <YAxis type="category" hide />
            {parts.map((part) => (
              <Bar
                key={part.id}
                dataKey={part.id}
                stackId="all"
                fill={FILL[part.tone]}
                isAnimationActive={false}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <ul className={legend}>
        {parts.map((part) => (
          <li key={part.id} className={entry}>
            <span className={dot} style={{ backgroundColor: FILL[part.tone] }} />
            <span className={entryText}>
              <bdi>{part.name}</bdi> {count(part.value)} ({percent(total === 0 ? 0 : part.value / total)})
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
