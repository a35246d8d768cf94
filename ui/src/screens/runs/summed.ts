// How a run came out, in a sentence.

import type { PeopleReport, RunDetail } from "../../backend/types";
import { words } from "../../words";
import { count, sum } from "../../words/format";
import { totalsOf } from "./outcomes";
import { refusedPlaces, soughtPlaces } from "./places";

const t = words.runs;

type Said = [people: number, say: (people: string) => string];

/** Who was left out, and how many of them the data was wrong of, where it is some. */
function leftOut(all: string, people: PeopleReport): string {
  const invalid = sum(people.invalid);
  const skipped = totalsOf(people).leftOut - invalid;
  const parts = t.summed.skippedAndInvalid(count(skipped), count(invalid));
  return skipped > 0 && invalid > 0 ? `${t.summed.leftOut(all)} (${parts})` : t.summed.leftOut(all);
}

/** People, and behind a semicolon whom the list did not take. */
export function summed(detail: RunDetail): string {
  const { people, list } = detail.report;
  const all: Said[] = [
    [people.created + people.updated + people.unchanged, t.summed.delivered],
    [sum(people.rejected), t.summed.rejected],
    [people.unconfirmed, t.summed.unconfirmed],
    [people.skipped.not_sent ?? 0, t.summed.notSent],
    [totalsOf(people).leftOut, (all) => leftOut(all, people)],
  ];
  const refused = refusedPlaces(list, soughtPlaces(detail));
  const places: Said[] = [
    [refused.joining, t.summed.listJoining],
    [refused.leaving, t.summed.listLeaving],
    [refused.either, t.summed.listEither],
  ];
  const told = (said: Said[]) => said.map(([value, say]) => say(count(value))).join(", ");
  const parts = [
    told(all.filter(([value], at) => at === 0 || value > 0)),
    told(places.filter(([value]) => value > 0)),
  ];
  return `${parts.filter((part) => part !== "").join("; ")}.`;
}
