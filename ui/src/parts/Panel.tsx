// A part of a screen with a heading of its own.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ReactNode, useId } from "react";

const panel = style({
  display: "flex",
  flexDirection: "column",
  gap: 12,
  padding: 20,
  backgroundColor: "layer-2",
  borderRadius: "lg",
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  minWidth: 0,
});
const head = style({ display: "flex", alignItems: "center", flexWrap: "wrap", gap: 8 });
const title = style({ font: "title", margin: 0, flexGrow: 1, overflowWrap: "anywhere" });
const note = style({ font: "body-sm", color: "neutral-subdued", margin: 0 });

export interface PanelProps {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function Panel({ title: name, note: more, actions, children }: PanelProps) {
  const id = useId();
  return (
    <section className={panel} aria-labelledby={id}>
      <div className={head}>
        <h2 id={id} className={title} dir="auto">
          {name}
        </h2>
        {actions}
      </div>
      {more === undefined ? null : <p className={note}>{more}</p>}
      {children}
    </section>
  );
}

const row = style({ display: "grid", gap: 24, gridTemplateColumns: "repeat(auto-fit, minmax(300px, 1fr))" });

/** Panels side by side, as many as there is room for. */
export function Panels({ children }: { children: ReactNode }) {
  return <div className={row}>{children}</div>;
}

/** That a panel has nothing to show. */
export function Quiet({ children }: { children: string }) {
  return <p className={style({ font: "body-sm", color: "neutral-subdued", margin: 0 })}>{children}</p>;
}
