// With which outcome people are shown: who was not sent, which the backend counts among who
// was skipped, is told apart.

import type { OutcomeFilter } from "../backend/types";
import type { ShownOutcome } from "./people";

/** How the backend is asked for who was not sent. */
export const NOT_SENT = { outcome: "skipped", reason: "not_sent" } as const satisfies OutcomeFilter;

/** What people of a filter came to; nothing where it is of several outcomes. */
export function outcomeOf({ outcome, reason }: OutcomeFilter): ShownOutcome | null {
  return reason === NOT_SENT.reason ? "not_sent" : (outcome ?? null);
}
