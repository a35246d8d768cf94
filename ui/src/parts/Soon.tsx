// What comes a frame after the rest of its screen, so that the screen is there at once: what
// lies further down, and what takes long to draw.

import { type ReactNode, useEffect, useState } from "react";

/** `height`: of the place that it keeps until then, in pixels. */
export function Soon({ height = 0, children }: { height?: number; children: ReactNode }) {
  return useIsDrawn() ? children : <div style={{ height }} />;
}

/** Rows of a table that are drawn at once. */
const AT_ONCE = 6;

/** The rows of a table that are to be drawn by now: the first, and a frame later all. */
export function useRowsSoon<T>(rows: readonly T[]): readonly T[] {
  return useIsDrawn() ? rows : rows.slice(0, AT_ONCE);
}

/** Whether what asks has been seen as it was at first. */
function useIsDrawn(): boolean {
  const [isDrawn, setIsDrawn] = useState(false);
  useEffect(() => {
    let soon = 0;
    const frame = requestAnimationFrame(() => {
      soon = window.setTimeout(() => setIsDrawn(true));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(soon);
    };
  }, []);
  return isDrawn;
}
