// Runs on their way, as the backend tells of them.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { hear } from "../backend/events";
import { advanced, type Pace } from "./pace";
import { refreshLive } from "./queries";

let runs: ReadonlyMap<string, Pace> = new Map();
const watchers = new Set<() => void>();

function publish(next: Map<string, Pace>): void {
  runs = next;
  for (const watcher of watchers) {
    watcher();
  }
}

/** Listens to the backend for as long as the page is there. */
export function useNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    const ends = [
      hear("run", (event) => {
        if (event.run_id !== null) {
          const next = new Map(runs);
          next.set(event.run_id, advanced(runs.get(event.run_id) ?? null, event, Date.now()));
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
export function useLiveRuns(): ReadonlyMap<string, Pace> {
  return useSyncExternalStore(subscribe, () => runs);
}
