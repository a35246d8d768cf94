// The link of a table's row to the thing that it is about. It looks as Spectrum's own, which
// does more for each row than a table that has to appear at once can wait for.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";

const link = style({
  font: "ui",
  fontWeight: "medium",
  color: { default: "accent", forcedColors: "LinkText" },
  borderRadius: "sm",
  textDecoration: { default: "none", ":hover": "underline", ":focus-visible": "underline" },
  outlineStyle: { default: "none", ":focus-visible": "solid" },
  outlineColor: "focus-ring",
  outlineWidth: 2,
  outlineOffset: 2,
});

/** `path` is where the thing is shown. */
export function RowLink({ path, children }: { path: string; children: ReactNode }) {
  return (
    <a href={`#${path}`} className={link}>
      {children}
    </a>
  );
}

/** What a click on the row of a table leads to, where that is no address. */
export function RowDeed({ children }: { children: ReactNode }) {
  return <span className={link}>{children}</span>;
}
