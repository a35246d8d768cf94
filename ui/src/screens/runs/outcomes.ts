// People by outcome, in the order in which they are always shown. Who was not sent was not
// skipped: it is an outcome of its own here.

import type { OutcomeFilter, PeopleReport } from "../../backend/types";
import type { Tone } from "../../parts/charts/tones";
import { words } from "../../words";
import { sum } from "../../words/format";
import { NOT_SENT } from "../../words/outcomes";
import type { ShownOutcome } from "../../words/people";

export interface OutcomeCount {
  id: ShownOutcome;
  name: string;
  value: number;
  tone: Tone;
  /** Its people by reason, where they have one. */
  reasons: readonly (readonly [string, number])[];
  /** Shows its people. */
  filter: OutcomeFilter;
}

const TONES: Record<ShownOutcome, Tone> = {
  created: "good",
  updated: "info",
  unchanged: "calm",
  skipped: "notice",
  invalid: "bad",
  rejected: "refused",
  unconfirmed: "doubt",
  not_sent: "open",
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
  const { not_sent: notSent = 0, ...skipped } = people.skipped;
  // Skipped people are asked for by a reason where others would come with them.
  const apart = (id: ShownOutcome, reasons: readonly (readonly [string, number])[]) =>
    id === "skipped" && notSent > 0 ? (reasons[0]?.[0] ?? null) : null;
  const one = (id: ShownOutcome, counts: number | { [key in string]?: number }): OutcomeCount => {
    const reasons =
      typeof counts === "number"
        ? []
        : Object.entries(counts)
            .map(([reason, value]) => [reason, value ?? 0] as const)
            .toSorted((a, b) => b[1] - a[1]);
    const value = typeof counts === "number" ? counts : sum(counts);
    const filter = id === "not_sent" ? NOT_SENT : { outcome: id, reason: apart(id, reasons) };
    return { id, name: words.people.outcomes[id], value, tone: TONES[id], reasons, filter };
  };
  return [
    one("created", people.created),
    one("updated", people.updated),
    one("unchanged", people.unchanged),
    one("skipped", skipped),
    one("invalid", people.invalid),
    one("rejected", people.rejected),
    one("unconfirmed", people.unconfirmed),
    one("not_sent", notSent),
  ];
}

/** Everybody of a run but those who stayed as they were, in the words of its tables. */
export function totalsOf(people: PeopleReport) {
  const of = (...ids: ShownOutcome[]) =>
    outcomesOf(people)
      .filter(({ id }) => ids.includes(id))
      .reduce((all, { value }) => all + value, 0);
  return {
    created: people.created,
    updated: people.updated,
    leftOut: of("skipped", "invalid"),
    notDelivered: of("rejected", "unconfirmed", "not_sent"),
  };
}
