// What every screen stands in: a heading with what can be done, and what there is below.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ReactNode, useEffect, useRef } from "react";

const page = style({
  display: "flex",
  flexDirection: "column",
  height: "full",
  minHeight: 0,
  minWidth: 0,
  // In a narrow window, or one that is zoomed in on, all of it scrolls with the navigation.
  overflow: "visible",
});
const head = style({
  display: "flex",
  alignItems: "center",
  flexWrap: "wrap",
  gap: 12,
  paddingX: { default: 16, sm: 32 },
  paddingTop: 24,
  paddingBottom: 16,
  flexShrink: 0,
});
const words = style({ flexGrow: 1, minWidth: { default: 120, sm: 240 }, flexBasis: 0 });
const title = style({
  font: "heading-lg",
  margin: 0,
  overflowWrap: "anywhere",
  outlineStyle: "none",
});
const subtitle = style({ font: "body", color: "neutral-subdued", margin: 0, marginTop: 4 });
const body = style({
  display: "flex",
  flexDirection: "column",
  gap: 24,
  flexGrow: 1,
  flexShrink: { default: 0, sm: 1 },
  minHeight: 0,
  overflow: { default: "visible", sm: "auto" },
  paddingX: { default: 16, sm: 32 },
  paddingBottom: 32,
  paddingTop: 4,
});

export interface PageProps {
  title: string;
  subtitle?: ReactNode;
  /** Buttons, at the end of the heading. */
  actions?: ReactNode;
  children: ReactNode;
}

/** Its heading takes the focus when the screen appears, so that keyboards and readers start there. */
export function Page({ title: name, subtitle: more, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className={page}>
      <header className={head}>
        <div className={words}>
          <h1 className={title} tabIndex={-1} ref={heading} dir="auto">
            {name}
          </h1>
          {more === undefined ? null : <p className={subtitle}>{more}</p>}
        </div>
        {actions}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrollable by keyboard */}
      <section className={body} aria-label={name} tabIndex={0}>
        {children}
      </section>
    </div>
  );
}
