// Words for readers of the screen, where a place says the same to the eye.

import type { CSSProperties, ReactNode } from "react";

const unseen: CSSProperties = {
  position: "absolute",
  width: 1,
  height: 1,
  overflow: "hidden",
  clipPath: "inset(50%)",
  whiteSpace: "nowrap",
};

export function Unseen({ children }: { children: ReactNode }) {
  return <span style={unseen}>{children}</span>;
}
