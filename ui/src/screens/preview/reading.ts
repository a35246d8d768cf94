// Reading what a preview is made from: it goes on when somebody looks elsewhere meanwhile, and
// by the ways that they chose.

import { useState } from "react";
import type { RouteWish } from "../../backend/types";
import type { Pace } from "../../state/pace";
import { words } from "../../words";

const t = words.preview;

/** The kind of work that it is; each belongs to a sync by its id. */
export const PREVIEW = "preview";

/** What is being done. */
export function readingLabel(progress: Pace | null): string {
  return t.working[progress?.event.stage ?? ""] ?? t.preparing;
}

const wishes = new Map<string, RouteWish>();

/** The ways that somebody chose for a sync, for as long as the window is there. */
export function useWish(sync: string): [wish: RouteWish, wishFor: (wish: RouteWish) => void] {
  const [wish, setWish] = useState<RouteWish>(wishes.get(sync) ?? { read: null, write: null });
  const wishFor = (next: RouteWish) => {
    wishes.set(sync, next);
    setWish(next);
  };
  return [wish, wishFor];
}
