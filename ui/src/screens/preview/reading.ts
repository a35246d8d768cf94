// Reading what a preview is made from: it goes on when somebody looks elsewhere meanwhile.

import type { Pace } from "../../state/pace";
import { words } from "../../words";

const t = words.preview;

/** The kind of work that it is; each belongs to a sync by its name. */
export const PREVIEW = "preview";

/** What is being done. */
export function readingLabel(progress: Pace | null): string {
  return t.working[progress?.event.stage ?? ""] ?? t.preparing;
}
