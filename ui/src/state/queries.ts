// Cached answers of the backend. What others may change is `live` and read again when
// the backend says that something changed; what is named by a snapshot, a digest or an
// ended run never changes, and is not.

import { QueryClient, useQuery } from "@tanstack/react-query";
import { backend } from "../backend/call";
import type { PlanSummary } from "../backend/types";

const LIVE = "live";

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The "network" is the process next door: never wait for navigator.onLine.
      queries: {
        networkMode: "always",
        retry: false,
        refetchOnWindowFocus: false,
        staleTime: Number.POSITIVE_INFINITY,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Reads again all that may have changed. */
export function refreshLive(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: [LIVE] });
}

export const useStart = () => useQuery({ queryKey: [LIVE, "start"], queryFn: backend.startState });

export const useConnections = () =>
  useQuery({ queryKey: [LIVE, "connections"], queryFn: backend.connections });

export const useHasSecret = (connection: string) =>
  useQuery({ queryKey: [LIVE, "secret", connection], queryFn: () => backend.hasSecret(connection) });

export const useDescription = (connection: string | null) =>
  useQuery({
    queryKey: [LIVE, "description", connection],
    queryFn: () => backend.description(connection ?? ""),
    enabled: connection !== null && connection !== "",
  });

export const useAudiences = () => useQuery({ queryKey: [LIVE, "audiences"], queryFn: backend.audiences });

export const useAudience = (audience: string) =>
  useQuery({ queryKey: [LIVE, "audience", audience], queryFn: () => backend.audience(audience) });

/** Of a snapshot, which is named by when it was taken. */
export const useProfile = (audience: string | null, snapshotAt: string | undefined) =>
  useQuery({
    queryKey: ["profile", audience, snapshotAt],
    queryFn: () => backend.profile(audience ?? ""),
    enabled: audience !== null && snapshotAt !== undefined,
  });

export const useDestinations = () =>
  useQuery({ queryKey: [LIVE, "destinations"], queryFn: backend.destinations });

export const useSyncs = () => useQuery({ queryKey: [LIVE, "syncs"], queryFn: backend.syncs });

export const useRuns = (sync: string | null) =>
  useQuery({ queryKey: [LIVE, "runs", sync], queryFn: () => backend.runs(sync) });

/** `every`: read again so often, in milliseconds, while the run goes on. */
export const useRun = (run: string, every: number | false = false) =>
  useQuery({ queryKey: [LIVE, "run", run], queryFn: () => backend.run(run), refetchInterval: every });

/** Another process does the work and tells us nothing: look from time to time. */
export function useFollow(client: QueryClient, isOwner: boolean): void {
  useQuery({
    queryKey: ["follow"],
    queryFn: async () => {
      await refreshLive(client);
      return null;
    },
    enabled: !isOwner,
    refetchInterval: isOwner ? false : 2000,
  });
}

/** The plan of a sync by what is stored; made again when something changed. */
export const usePlan = (sync: string) =>
  useQuery({
    queryKey: planKey(sync),
    queryFn: () => backend.preview("plan", sync, "offline"),
  });

const planKey = (sync: string) => [LIVE, "plan", sync] as const;

/** Keeps a plan that was just made. */
export function keepPlan(client: QueryClient, sync: string, plan: PlanSummary): void {
  client.setQueryData(planKey(sync), plan);
}
