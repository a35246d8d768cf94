// Pieces of work that take a while: followed by the name that is given to them here,
// and stopped by it. What belongs to a thing rather than to a screen goes on, and is found
// again, when somebody looks elsewhere meanwhile.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { backend } from "../backend/call";
import { hear } from "../backend/events";
import { problemOf } from "../backend/problem";
import type { Problem } from "../backend/types";
import { nextName } from "./names";
import { advanced, type Pace } from "./pace";
import { refreshLive } from "./queries";

export interface Task<A, T> {
  /** Begins it; the answer, or nothing if it failed or was stopped. */
  run: (args: A) => Promise<T | undefined>;
  stop: () => void;
  busy: boolean;
  /** How far it is; nothing before the first word. */
  progress: Pace | null;
  problem: Problem | null;
  result: T | undefined;
  /** When that was there, in milliseconds. */
  endedAt: number | null;
}

/** How a piece of work is; what it was given is not kept. */
interface State {
  /** Its name while it is under way. */
  task: string | null;
  progress: Pace | null;
  problem: Problem | null;
  result: unknown;
  endedAt: number | null;
}

const IDLE: State = { task: null, progress: null, problem: null, result: undefined, endedAt: null };

let all: ReadonlyMap<string, State> = new Map();
const watchers = new Set<() => void>();

function put(id: string, state: State | null): void {
  if (state === null && !all.has(id)) {
    return;
  }
  const next = new Map(all);
  if (state === null) {
    next.delete(id);
  } else {
    next.set(id, state);
  }
  all = next;
  for (const watcher of watchers) {
    watcher();
  }
}

function subscribe(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

let listeners = 0;
let endHearing = () => {};

/** Hears how far work has come for as long as anybody watches some. */
function useHearing(): void {
  useEffect(() => {
    listeners += 1;
    if (listeners === 1) {
      endHearing = hear("task", ({ task, event }) => {
        for (const [id, state] of all) {
          if (state.task === task) {
            put(id, { ...state, progress: advanced(state.progress, event, Date.now()) });
          }
        }
      });
    }
    return () => {
      listeners -= 1;
      if (listeners === 0) {
        endHearing();
      }
    };
  }, []);
}

/** Work by the backend that can be followed and stopped. What was stopped is no problem.
    `of`: what it belongs to, under which it is found again on other screens. */
export function useTask<A, T>(
  work: (task: string, args: A) => Promise<T>,
  of?: string | undefined,
): Task<A, T> {
  const client = useQueryClient();
  const [own] = useState(nextName);
  const id = of ?? own;
  const state = useSyncExternalStore(subscribe, () => all.get(id) ?? IDLE);
  useHearing();
  // What belongs to this screen alone goes with it, and so does a fault that was seen here.
  // What is under way can still be stopped, and is forgotten at its end.
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      const left = all.get(id);
      if (left?.task === null && (id === own || left.problem !== null)) {
        put(id, null);
      }
    };
  }, [id, own]);
  const latest = useRef(work);
  latest.current = work;
  const run = useCallback(
    async (args: A) => {
      const task = nextName();
      put(id, { ...IDLE, task });
      let ended: State;
      let result: T | undefined;
      try {
        result = await latest.current(task, args);
        ended = { ...IDLE, result, endedAt: Date.now() };
      } catch (error) {
        const problem = problemOf(error);
        ended = { ...IDLE, problem: problem.code === "stopped" ? null : problem };
      }
      await refreshLive(client);
      // Another one may have begun meanwhile, or nobody is left to be told.
      if (all.get(id)?.task === task) {
        put(id, id === own && isGone.current ? null : ended);
      }
      return result;
    },
    [client, id, own],
  );
  const stop = useCallback(() => {
    const task = all.get(id)?.task;
    if (task !== undefined && task !== null) {
      void backend.stopTask(task);
    }
  }, [id]);
  return {
    run,
    stop,
    busy: state.task !== null,
    progress: state.progress,
    problem: state.problem,
    result: state.result as T | undefined,
    endedAt: state.endedAt,
  };
}

/** The same for work that takes a moment and tells nothing meanwhile. */
export function useDeed<A, T>(work: (args: A) => Promise<T>): Task<A, T> {
  return useTask((_task, args: A) => work(args));
}

/** Work that is under way for things of one kind, wherever it was begun. */
export interface Underway {
  /** The thing that it belongs to. */
  thing: string;
  task: string;
  progress: Pace | null;
}

/** What a thing's work of a kind is found under. */
export function workOf(kind: string, thing: string): string {
  return `${kind}/${thing}`;
}

export function useUnderway(kind: string): Underway[] {
  const states = useSyncExternalStore(subscribe, () => all);
  useHearing();
  return [...states].flatMap(([id, { task, progress }]) =>
    task !== null && id.startsWith(`${kind}/`) ? [{ thing: id.slice(kind.length + 1), task, progress }] : [],
  );
}
