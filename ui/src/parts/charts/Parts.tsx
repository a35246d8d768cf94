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
const entry = style({ display: "flex", alignItems: "center", gap: 8 });
const dot = style({ width: 12, height: 12, borderRadius: "sm", flexShrink: 0 });

export function Parts({ title, parts }: { title: string; parts: readonly Part[] }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const data = [Object.fromEntries(parts.map((part) => [part.id, part.value]))];
  const told = parts.map((part) => `${part.name} ${count(part.value)}`).join(", ");
  return (
    <div className={box}>
      <div className={style({ font: "title-sm" })}>{title}</div>
      <div className={style({ height: 28, width: "full" })} role="img" aria-label={`${title}: ${told}`}>
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
            {part.name} {count(part.value)} ({percent(total === 0 ? 0 : part.value / total)})
          </li>
        ))}
      </ul>
    </div>
  );
}
