// Names and what they are, side by side; a name that does not say enough has help beside it.

import { Content, ContextualHelp, Heading } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";

const list = style({
  display: "grid",
  gridTemplateColumns: "fit-content(55%) minmax(0, 1fr)",
  columnGap: 16,
  rowGap: 8,
  alignItems: "baseline",
  margin: 0,
  font: "ui",
});
const term = style({ color: "neutral-subdued", minWidth: 120 });
const value = style({ margin: 0, color: "neutral", overflowWrap: "anywhere", minWidth: 0 });

/** What it is called, what it is, and help on what that means. */
export type Line<T> = readonly [name: string, what: T, help?: string];

function Named({ name: text, help }: { name: string; help: string | undefined }) {
  return help === undefined ? (
    text
  ) : (
    <span className={style({ display: "inline-flex", alignItems: "center", gap: 4 })}>
      {text}
      <ContextualHelp size="XS" aria-label={text}>
        <Heading>{text}</Heading>
        <Content>{help}</Content>
      </ContextualHelp>
    </span>
  );
}

/** Lines whose value is `null` are left out. */
export function Facts({ lines }: { lines: readonly Line<ReactNode>[] }) {
  return (
    <dl className={list}>
      {lines.map(([name, what, help]) =>
        what === null ? null : (
          <div key={name} className={style({ display: "contents" })}>
            <dt className={term}>
              <Named name={name} help={help} />
            </dt>
            <dd className={value} dir="auto">
              {what}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

const figures = style({ display: "flex", flexWrap: "wrap", columnGap: 24, rowGap: 16, margin: 0 });
const figure = style({ display: "flex", flexDirection: "column-reverse", minWidth: 80 });
const number = style({ font: "heading", margin: 0, fontVariantNumeric: "tabular-nums" } as never);
const name = style({ font: "body-sm", color: "neutral-subdued" });

/** Numbers that matter, large, each with its name. */
export function Figures({ all }: { all: readonly Line<string>[] }) {
  return (
    <dl className={figures}>
      {all.map(([label, what, help]) => (
        <div key={label} className={figure}>
          <dt className={name}>
            <Named name={label} help={help} />
          </dt>
          <dd className={number}>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
