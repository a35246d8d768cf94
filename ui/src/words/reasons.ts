// Reasons by their codes.

import { words } from "./index";

/** A reason in words; the destination's own codes keep their number. */
export function reasonName(code: string): string {
  return words.people.reasons[code] ?? words.people.rejectedBy(code);
}
