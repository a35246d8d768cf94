// A part of a whole as a bar with its number, small enough for a cell of a table.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { percent } from "../../words/format";
import { FILL, type Tone } from "./tones";

const box = style({ display: "flex", alignItems: "center", gap: 12, width: "full" });
const track = style({
  flexGrow: 1,
  height: 6,
  borderRadius: "full",
  backgroundColor: "gray-200",
  overflow: "hidden",
});
const bar = style({ height: "full", borderRadius: "full" });
const number = style({ font: "ui", minWidth: 56, textAlign: "end" });

export function Share({ part, tone }: { part: number; tone: Tone }) {
  const width = `${Math.min(Math.max(part, 0), 1) * 100}%`;
  return (
    <div className={box}>
      <div className={track} aria-hidden="true">
        <div className={bar} style={{ width, backgroundColor: FILL[tone] }} />
      </div>
      <span className={number}>{percent(part)}</span>
    </div>
  );
}
