// Pieces of work that take a while: followed by the name that is given to them here,
// and stopped by it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
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
  reset: () => void;
  busy: boolean;
  /** How far it is; nothing before the first word. */
  progress: Pace | null;
  problem: Problem | null;
  result: T | undefined;
}

/** Work by the backend that can be followed and stopped. What was stopped is no problem. */
export function useTask<A, T>(work: (task: string, args: A) => Promise<T>): Task<A, T> {
  const client = useQueryClient();
  const [progress, setProgress] = useState<Pace | null>(null);
  const current = useRef<string | null>(null);
  useEffect(
    () =>
      hear("task", ({ task, event }) => {
        if (task === current.current) {
          setProgress((before) => advanced(before, event, Date.now()));
        }
      }),
    [],
  );
  const { mutateAsync, reset, isPending, error, data } = useMutation({
    mutationFn: async (args: A) => {
      const task = nextName();
      current.current = task;
      setProgress(null);
      try {
        return await work(task, args);
      } finally {
        if (current.current === task) {
          current.current = null;
        }
      }
    },
    onSettled: () => refreshLive(client),
  });
  const run = useCallback(
    async (args: A) => {
      try {
        return await mutateAsync(args);
      } catch {
        return undefined;
      }
    },
    [mutateAsync],
  );
  const stop = useCallback(() => {
    if (current.current !== null) {
      void backend.stopTask(current.current);
    }
  }, []);
  const problem = error === null ? null : problemOf(error);
  return {
    run,
    stop,
    reset,
    busy: isPending,
    progress,
    problem: problem?.code === "stopped" ? null : problem,
    result: data,
  };
}

/** The same for work that takes a moment and tells nothing meanwhile. */
export function useDeed<A, T>(work: (args: A) => Promise<T>): Task<A, T> {
  return useTask((_task, args: A) => work(args));
}
