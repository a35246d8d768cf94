// The verdicts of a plan as steps from its rows down to nothing: who is left out, reason by
// reason, and then what is done with everybody else.

import type { PeopleCounts, PeopleFilter, SkipCounts } from "../../backend/types";
import type { Tone } from "../../parts/charts/tones";
import type { WaterfallStep } from "../../parts/charts/Waterfall";
import { words } from "../../words";

export interface Step extends WaterfallStep {
  /** Shows its people. */
  filter: PeopleFilter;
}

const SKIPS: readonly (readonly [keyof SkipCounts, Tone])[] = [
  ["no_key", "bad"],
  ["invalid_key", "bad"],
  ["duplicate_in_audience", "notice"],
  ["suppressed", "notice"],
  ["no_consent", "notice"],
  ["case_differs", "bad"],
  ["not_in_destination", "notice"],
  ["missing_required", "bad"],
  ["invalid_value", "bad"],
];

/** All steps, those of nobody too; their sum is the rows. */
export function stepsOf(people: PeopleCounts): Step[] {
  const t = words.people;
  const skips = SKIPS.map(
    ([reason, tone]): Step => ({
      id: reason,
      name: t.reasons[reason] ?? reason,
      value: people.skip[reason],
      tone,
      filter: { verdict: "skip", reason },
    }),
  );
  return [
    ...skips,
    { id: "leave", name: t.verdicts.leave, value: people.leave, tone: "calm", filter: { verdict: "leave" } },
    {
      id: "update",
      name: t.verdicts.update,
      value: people.update,
      tone: "info",
      filter: { verdict: "update" },
    },
    {
      id: "create",
      name: t.verdicts.create,
      value: people.create,
      tone: "good",
      filter: { verdict: "create" },
    },
  ];
}

/** All who are left out. */
export function skipped(people: PeopleCounts): number {
  return Object.values(people.skip).reduce((sum, value) => sum + value, 0);
}
