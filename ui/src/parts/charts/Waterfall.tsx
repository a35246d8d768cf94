// From a whole to its parts, each bar beginning where the one before it ended, so that it
// can be seen that they add up. The same numbers stand in a table beside it.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { Bar, BarChart, Cell, LabelList, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { count } from "../../words/format";
import { FILL, TICK, type Tone } from "./tones";

export interface WaterfallStep {
  id: string;
  name: string;
  value: number;
  tone: Tone;
}

const ROW_PX = 34;
/** As wide as the longest name, within reason; in pixels. */
const CHARACTER_PX = 7;
const WIDEST_PX = 190;

function widthOf(names: readonly string[]): number {
  const longest = Math.max(...names.map((name) => name.length));
  return Math.min(longest * CHARACTER_PX + 24, WIDEST_PX);
}

interface Shown extends WaterfallStep {
  /** From where to where the bar reaches. */
  span: [number, number];
  label: string;
}

/** Where each bar begins and ends: the whole from nothing, each part from what is left. */
export function spans(whole: WaterfallStep, parts: readonly WaterfallStep[]): Shown[] {
  let left = whole.value;
  const shown: Shown[] = [{ ...whole, span: [0, whole.value], label: count(whole.value) }];
  for (const part of parts) {
    shown.push({ ...part, span: [left - part.value, left], label: count(part.value) });
    left -= part.value;
  }
  return shown;
}

export function Waterfall({
  label,
  whole,
  parts,
}: {
  label: string;
  whole: WaterfallStep;
  parts: readonly WaterfallStep[];
}) {
  const shown = spans(whole, parts);
  return (
    <div
      className={style({ width: "full", minWidth: 0 })}
      style={{ height: shown.length * ROW_PX + 8 }}
      role="img"
      aria-label={label}
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={shown}
          layout="vertical"
          margin={{ top: 4, right: 56, bottom: 4, left: 0 }}
          accessibilityLayer={false}
        >
          <XAxis type="number" hide domain={[0, Math.max(whole.value, 1)]} />
          <YAxis
            type="category"
            dataKey="name"
            width={widthOf(shown.map((step) => step.name))}
            interval={0}
            tick={TICK}
            tickLine={false}
            axisLine={false}
          />
          <Bar dataKey="span" isAnimationActive={false} radius={3} minPointSize={2}>
            {shown.map((step) => (
              <Cell key={step.id} fill={FILL[step.tone]} />
            ))}
            <LabelList dataKey="label" position="right" {...TICK} />
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
