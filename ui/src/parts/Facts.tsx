// Names and what they are, side by side.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";

const list = style({
  display: "grid",
  gridTemplateColumns: "minmax(120px, max-content) 1fr",
  columnGap: 16,
  rowGap: 8,
  margin: 0,
  font: "body",
});
const term = style({ color: "neutral-subdued" });
const value = style({ margin: 0, color: "neutral", overflowWrap: "anywhere", minWidth: 0 });

/** Lines whose value is `null` are left out. */
export function Facts({ lines }: { lines: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={list}>
      {lines.map(([name, what]) =>
        what === null ? null : (
          <div key={name} className={style({ display: "contents" })}>
            <dt className={term}>{name}</dt>
            <dd className={value} dir="auto">
              {what}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

const figures = style({ display: "flex", flexWrap: "wrap", gap: 32, margin: 0 });
const figure = style({ display: "flex", flexDirection: "column-reverse", minWidth: 80 });
const number = style({ font: "heading", margin: 0, fontVariantNumeric: "tabular-nums" } as never);
const name = style({ font: "body-sm", color: "neutral-subdued" });

/** Numbers that matter, large, each with its name. */
export function Figures({ all }: { all: readonly (readonly [string, string])[] }) {
  return (
    <dl className={figures}>
      {all.map(([label, what]) => (
        <div key={label} className={figure}>
          <dt className={name}>{label}</dt>
          <dd className={number}>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
