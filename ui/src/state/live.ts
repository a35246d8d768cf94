// Runs on their way, as the backend tells of them: how far, how fast, how long yet.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { hear } from "../backend/events";
import type { Event } from "../backend/types";
import { refreshLive } from "./queries";

/** How far a run is. */
export interface RunProgress {
  event: Event;
  /** People a second in this stage; nothing until there is something to say. */
  rate: number | null;
  /** Seconds yet in this stage, by that rate. */
  left: number | null;
}

interface Seen extends RunProgress {
  /** When this stage was first heard of, and how far it was then. */
  since: number;
  from: number;
}

let runs: ReadonlyMap<string, Seen> = new Map();
const watchers = new Set<() => void>();

function publish(next: Map<string, Seen>): void {
  runs = next;
  for (const watcher of watchers) {
    watcher();
  }
}

/** What an event adds to what was seen; `now` in milliseconds. */
export function advanced(before: Seen | undefined, event: Event, now: number): Seen {
  // A wait has no counts of its own: what was reached before it stays on show.
  if (event.waiting_for !== null && before !== undefined) {
    return { ...before, event: { ...before.event, waiting_for: event.waiting_for } };
  }
  if (before === undefined || before.event.stage !== event.stage || event.done < before.from) {
    return { event, rate: null, left: null, since: now, from: event.done };
  }
  const seconds = (now - before.since) / 1000;
  const done = event.done - before.from;
  const rate = seconds >= 1 && done > 0 ? done / seconds : before.rate;
  const left = rate !== null && event.total !== null ? (event.total - event.done) / rate : null;
  return { ...before, event, rate, left };
}

/** Listens to the backend for as long as the page is there. */
export function useNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    const ends = [
      hear("run", (event) => {
        if (event.run_id !== null) {
          const next = new Map(runs);
          next.set(event.run_id, advanced(runs.get(event.run_id), event, Date.now()));
          publish(next);
        }
      }),
      hear("run-ended", (run) => {
        const next = new Map(runs);
        next.delete(run);
        publish(next);
      }),
      hear("changed", () => void refreshLive(client)),
      hear("start", () => void refreshLive(client)),
    ];
    return () => {
      for (const end of ends) {
        end();
      }
    };
  }, [client]);
}

function subscribe(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

/** All runs that were heard of and have not ended. */
export function useLiveRuns(): ReadonlyMap<string, RunProgress> {
  return useSyncExternalStore(subscribe, () => runs);
}
