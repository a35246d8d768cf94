// Reasons by their codes.

import { words } from "./index";

/** A reason in words; the destination's own codes keep their number. */
export function reasonName(code: string): string {
  const { reasons, marketo, rejectedBy } = words.people;
  const known = marketo[code];
  return reasons[code] ?? (known === undefined ? rejectedBy(code) : `${known} (${rejectedBy(code)})`);
}
