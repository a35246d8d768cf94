// Places on the static list that Marketo refused to change. A report counts them together:
// what was planned tells who was to join from who was to leave.

import type { ListReport, RunDetail } from "../../backend/types";
import { sum } from "../../words/format";

/** Whom Marketo did not let do it; `either` are those who are not told apart. */
export interface Refused {
  joining: number;
  leaving: number;
  either: number;
}

/** Who was to join and to leave in a run: a pilot removes nobody. */
export function soughtPlaces({ planned_list: planned, limit }: RunDetail): Sought | null {
  return planned === null ? null : { add: planned.add, remove: limit === null ? planned.remove : 0 };
}

interface Sought {
  add: number;
  remove: number;
}

/** `planned`: who was to join and to leave, as far as that is known. */
export function refusedPlaces(list: ListReport | null, planned: Sought | null): Refused {
  const all = sum(list?.rejected);
  if (list === null || planned === null) {
    return { joining: 0, leaving: 0, either: all };
  }
  const joining = Math.max(planned.add - list.added, 0);
  const leaving = Math.max(planned.remove - list.removed, 0);
  if (leaving === 0) {
    return { joining: all, leaving: 0, either: 0 };
  }
  if (joining === 0) {
    return { joining: 0, leaving: all, either: 0 };
  }
  return joining + leaving === all
    ? { joining, leaving, either: 0 }
    : { joining: 0, leaving: 0, either: all };
}

/** Whether nobody of the audience is on the list. */
export function isNobodyOn({ added, kept }: ListReport): boolean {
  return added + kept === 0;
}
