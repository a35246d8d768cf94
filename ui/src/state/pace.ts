// How fast something goes and how long it takes yet, from how far it was and is.

import type { Event } from "../backend/types";

/** How far something is. */
export interface Pace {
  event: Event;
  /** Done a second in this stage; nothing until there is something to say. */
  rate: number | null;
  /** Seconds yet in this stage, by that rate. */
  left: number | null;
  /** When this stage was first heard of, in milliseconds, and how far it was then. */
  since: number;
  from: number;
}

/** What an event adds to what was seen; `now` in milliseconds. */
export function advanced(before: Pace | null, event: Event, now: number): Pace {
  // A wait has no counts of its own: what was reached before it stays on show.
  if (event.waiting_for !== null && before !== null) {
    return { ...before, event: { ...before.event, waiting_for: event.waiting_for } };
  }
  if (before === null || before.event.stage !== event.stage || event.done < before.from) {
    return { event, rate: null, left: null, since: now, from: event.done };
  }
  const seconds = (now - before.since) / 1000;
  const done = event.done - before.from;
  const rate = seconds >= 1 && done > 0 ? done / seconds : before.rate;
  const left = rate !== null && event.total !== null ? (event.total - event.done) / rate : null;
  return { ...before, event, rate, left };
}
