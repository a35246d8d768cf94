// How long ago something was, as time goes by; the time itself is in its title.

import { useSyncExternalStore } from "react";
import { ago, dateTime } from "../words/format";

/** Nobody sees it change more often, in milliseconds. */
const EVERY = 30_000;

// One clock for all who look at it.
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const watchers = new Set<() => void>();

function subscribe(changed: () => void): () => void {
  watchers.add(changed);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const watcher of watchers) {
      watcher();
    }
  }, EVERY);
  return () => {
    watchers.delete(changed);
    if (watchers.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** The time of day, a little old. While nobody looked it stood still. */
function look(): number {
  if (timer === null && Date.now() - now > EVERY) {
    now = Date.now();
  }
  return now;
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, look);
}

export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago(at, useNow())}
    </time>
  );
}
