// A part of a screen with a heading of its own.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ReactNode, type Ref, useId } from "react";

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
const named = style({
  display: "flex",
  alignItems: "center",
  flexWrap: "wrap",
  gap: 8,
  flexGrow: 1,
  minWidth: 0,
});
const title = style({ font: "title", margin: 0, overflowWrap: "anywhere", outlineStyle: "none" });
const note = style({ font: "body-sm", color: "neutral-subdued", margin: 0 });

export interface PanelProps {
  title: string;
  /** Beside the title. */
  badge?: ReactNode;
  /** For whoever is led to its heading from elsewhere. */
  heading?: Ref<HTMLHeadingElement>;
  note?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function Panel({ title: name, badge, heading, note: more, actions, children }: PanelProps) {
  const id = useId();
  return (
    <section className={panel} aria-labelledby={id}>
      <div className={head}>
        <div className={named}>
          <h2
            id={id}
            className={title}
            dir="auto"
            {...(heading === undefined ? {} : { ref: heading, tabIndex: -1 })}
          >
            {name}
          </h2>
          {badge}
        </div>
        {actions}
      </div>
      {more === undefined ? null : <p className={note}>{more}</p>}
      {children}
    </section>
  );
}

const row = style({
  display: "grid",
  gap: 24,
  gridTemplateColumns: "repeat(auto-fit, minmax(min(300px, 100%), 1fr))",
});

/** Panels side by side, as many as there is room for. */
export function Panels({ children }: { children: ReactNode }) {
  return <div className={row}>{children}</div>;
}

/** That a panel has nothing to show. */
export function Quiet({ children }: { children: string }) {
  return <p className={style({ font: "body-sm", color: "neutral-subdued", margin: 0 })}>{children}</p>;
}
