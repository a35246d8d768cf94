// Cached answers of the backend. What others may change is `live` and read again when
// the backend says that something changed; what is named by a snapshot, a digest or an
// ended run never changes, and is not.

import { keepPreviousData, QueryClient, useQueries, useQuery } from "@tanstack/react-query";
import { backend } from "../backend/call";
import type {
  ConnectionLine,
  Destination,
  PlanSummary,
  RouteWish,
  SecretPlace,
  Sync,
} from "../backend/types";
import { nextName } from "./names";

const LIVE = "live";
/** What shows people stays no longer than a moment after nobody looks at it. */
export const PEOPLE_LIFE = 30_000;

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
      // Secrets are among what is given: nothing of it stays.
      mutations: { networkMode: "always", retry: false, gcTime: 0 },
    },
  });
}

/** Reads again all that may have changed. */
export function refreshLive(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: [LIVE] });
}

export const useStart = () => useQuery({ queryKey: [LIVE, "start"], queryFn: backend.startState });

/** Where secrets of connections are kept. */
export function useSecretPlace(): SecretPlace {
  const start = useStart().data;
  return start?.state === "open" ? start.secrets : "keychain";
}

export const useConnections = () =>
  useQuery({ queryKey: [LIVE, "connections"], queryFn: backend.connections });

/** When each sync runs next by itself, by its name. */
export function useNextRun(): (sync: string) => string | null {
  const { data } = useFreshness();
  return (sync) => data?.find((one) => one.sync === sync)?.next_run_at ?? null;
}
export const useFreshness = () => useQuery({ queryKey: [LIVE, "freshness"], queryFn: backend.freshness });

export const useHasSecret = (connection: string) =>
  useQuery({ queryKey: secretKey(connection), queryFn: () => backend.hasSecret(connection) });

/** Names of connections whose secret is missing, and of those of which the keychain does not
    say. */
export interface SecretNeeds {
  missing: readonly string[];
  unknown: readonly string[];
}

/** Those of some connections; nothing before that is known. */
export function useSecretNeeds(connections: readonly ConnectionLine[]): SecretNeeds | undefined {
  return useQueries({
    queries: connections.map(({ name }) => ({
      queryKey: secretKey(name),
      queryFn: () => backend.hasSecret(name),
    })),
    combine: (found) =>
      found.some((one) => one.isPending)
        ? undefined
        : {
            missing: connections.filter((_, at) => found[at]?.data === false).map(({ name }) => name),
            unknown: connections.filter((_, at) => found[at]?.isError).map(({ name }) => name),
          },
  });
}

const secretKey = (connection: string) => ["secret", connection] as const;

const givenKey = (connection: string) => ["secrets-given", connection] as const;

/** A secret was put into the keychain. */
export function secretKept(client: QueryClient, connection: string): void {
  client.setQueryData(secretKey(connection), true);
  client.setQueryData(givenKey(connection), (before: number | undefined) => (before ?? 0) + 1);
}

/** How many secrets were given for a connection in this window. */
export function useSecretsGiven(connection: string): number {
  const given = useQuery({
    queryKey: givenKey(connection),
    queryFn: () => 0,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return given.data ?? 0;
}

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
    gcTime: PEOPLE_LIFE,
    enabled: audience !== null && snapshotAt !== undefined,
  });

export const useDestinations = () =>
  useQuery({ queryKey: [LIVE, "destinations"], queryFn: backend.destinations });

export const useSyncs = () => useQuery({ queryKey: [LIVE, "syncs"], queryFn: backend.syncs });

/** Runs that are asked for at first; a schedule makes thousands of them in a year. */
export const NEWEST_RUNS = 50;

/** The newest of all runs, or of a sync's by its id. */
export const useRuns = (sync: string | null, most = NEWEST_RUNS) =>
  useQuery({
    queryKey: [LIVE, "runs", sync, most],
    queryFn: () => backend.runs(sync, most),
    placeholderData: keepPreviousData,
  });

/** Of each sync its newest run, and what is under way. */
export const useCurrentRuns = () =>
  useQuery({ queryKey: [LIVE, "current-runs"], queryFn: backend.currentRuns });

export const useAlerts = (sync: string | null) =>
  useQuery({ queryKey: [LIVE, "alerts", sync], queryFn: () => backend.alerts(sync) });

export const useAlertChannels = () =>
  useQuery({ queryKey: [LIVE, "alert-channels"], queryFn: backend.alertChannels });

export const useSettings = () => useQuery({ queryKey: [LIVE, "settings"], queryFn: backend.settings });

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

/** What a plan is made from, as far as the page knows it: another plan is made where this changes. */
export interface PlanBasis {
  sync: Sync;
  destination: Destination;
  snapshotAt: string | undefined;
  lastRun: string | undefined;
  routes: RouteWish;
}

const planKey = (basis: PlanBasis) => ["plan", basis] as const;

/** The plan of a sync by what is stored. A run sends by the way of the newest plan that was
    made, so one that was shown before is made again where it is shown again. */
export const usePlan = (basis: PlanBasis) =>
  useQuery({
    queryKey: planKey(basis),
    queryFn: () => backend.preview(nextName(), basis.sync.name, "offline", basis.routes),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

/** Plans of a sync that are shown are made once more. */
export function plansOld(client: QueryClient, sync: string): Promise<void> {
  const isOf = (basis: PlanBasis | undefined) => basis?.sync.id === sync;
  return client.invalidateQueries({
    queryKey: ["plan"],
    predicate: ({ queryKey }) => isOf(queryKey[1] as PlanBasis | undefined),
  });
}

/** Keeps a plan that was just made. */
export function keepPlan(client: QueryClient, basis: PlanBasis, plan: PlanSummary): void {
  client.setQueryData(planKey(basis), plan);
}
