// People by outcome, in the order in which they are always shown.

import type { Outcome, PeopleReport } from "../../backend/types";
import type { Tone } from "../../parts/charts/tones";
import { words } from "../../words";

export interface OutcomeCount {
  id: Outcome;
  name: string;
  value: number;
  tone: Tone;
  /** Its people by reason, where they have one. */
  reasons: readonly (readonly [string, number])[];
}

const TONES: Record<Outcome, Tone> = {
  created: "good",
  updated: "info",
  unchanged: "calm",
  skipped: "notice",
  invalid: "bad",
  rejected: "refused",
  unconfirmed: "doubt",
};

const NOBODY: PeopleReport = {
  created: 0,
  updated: 0,
  unchanged: 0,
  skipped: {},
  invalid: {},
  rejected: {},
  unconfirmed: 0,
};

/** The counts of a report; their sum is its rows. */
export function outcomesOf(report: PeopleReport | undefined): OutcomeCount[] {
  const people = report ?? NOBODY;
  const one = (id: Outcome, counts: number | { [key in string]?: number }): OutcomeCount => {
    const reasons =
      typeof counts === "number"
        ? []
        : Object.entries(counts)
            .map(([reason, value]) => [reason, value ?? 0] as const)
            .toSorted((a, b) => b[1] - a[1]);
    const value = typeof counts === "number" ? counts : reasons.reduce((sum, [, value]) => sum + value, 0);
    return { id, name: words.people.outcomes[id], value, tone: TONES[id], reasons };
  };
  return [
    one("created", people.created),
    one("updated", people.updated),
    one("unchanged", people.unchanged),
    one("skipped", people.skipped),
    one("invalid", people.invalid),
    one("rejected", people.rejected),
    one("unconfirmed", people.unconfirmed),
  ];
}
