// Trying again who was rejected or is unconfirmed: a run of its own, which is then shown.

import { backend } from "../../backend/call";
import type { RetryRequest } from "../../backend/types";
import { go, to } from "../../state/route";
import { type Task, useDeed } from "../../state/tasks";

/** Who of a run is tried again: all, those with a reason, or one. */
export type Retry = Task<Omit<RetryRequest, "run">, string>;

export function useRetry(run: string): Retry {
  const retry: Retry = useDeed((who) => backend.retryRun({ run, ...who }));
  return {
    ...retry,
    run: async (who) => {
      const id = await retry.run(who);
      if (id !== undefined) {
        go(to("runs", id));
      }
      return id;
    },
  };
}
