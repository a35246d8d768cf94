// The only door to the backend: every command by its name, with the types it speaks.

import { invoke } from "@tauri-apps/api/core";
import { ProblemError, problemOf } from "./problem";
import type {
  AlertChange,
  AlertChannels,
  AlertLine,
  AlertTest,
  AudienceDocument,
  AudienceProfile,
  Channel,
  ConnectionChange,
  ConnectionLine,
  ConnectionTest,
  ConnectionUsage,
  Destination,
  DestinationChange,
  DestinationCheck,
  FileLook,
  FileRequest,
  Freshness,
  Look,
  MemberPage,
  MemberQuery,
  NewConnection,
  NewDestination,
  NewSync,
  OfferedFile,
  OutcomeFilter,
  OutcomePage,
  PeopleFilter,
  PeoplePage,
  PlanSummary,
  RetryRequest,
  RouteWish,
  RunDetail,
  RunPage,
  RunReport,
  RunRequest,
  ServiceDescription,
  SettingsChange,
  SettingsDocument,
  StartState,
  Suggestion,
  Sync,
  SyncChange,
  WhatIf,
  WhatIfDocument,
  Written,
} from "./types";

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (cause) {
    throw new ProblemError(problemOf(cause));
  }
}

export const backend = {
  startState: () => call<StartState>("start_state"),
  unlock: (passphrase: string) => call<StartState>("unlock", { passphrase }),
  openAgain: () => call<StartState>("open_again"),
  painted: () => call<void>("painted"),
  stopTask: (task: string) => call<void>("stop_task", { task }),
  makeSample: (task: string) => call<void>("make_sample", { task }),
  removeSample: () => call<void>("remove_sample"),

  connections: () => call<ConnectionLine[]>("list_connections"),
  addConnection: (made: NewConnection, secret: string) =>
    call<ConnectionLine>("add_connection", { new: made, secret }),
  editConnection: (connection: string, change: ConnectionChange, secret: string | null) =>
    call<ConnectionLine>("edit_connection", { connection, change, secret }),
  replaceSecret: (connection: string, secret: string) =>
    call<ConnectionLine>("replace_secret", { connection, secret }),
  hasSecret: (connection: string) => call<boolean>("has_secret", { connection }),
  connectionUsage: (connection: string) => call<ConnectionUsage>("connection_usage", { connection }),
  testConnection: (task: string, connection: string) =>
    call<ConnectionTest>("test_connection", { task, connection }),
  description: (connection: string) =>
    call<ServiceDescription | null>("connection_description", { connection }),
  describe: (task: string, connection: string) =>
    call<ServiceDescription>("describe_connection", { task, connection }),
  removeConnection: (connection: string) => call<ConnectionLine>("remove_connection", { connection }),

  audiences: () => call<AudienceDocument[]>("list_audiences"),
  audience: (audience: string) => call<AudienceDocument>("audience", { audience }),
  profile: (audience: string) => call<AudienceProfile>("audience_profile", { audience }),
  members: (audience: string, query: MemberQuery) => call<MemberPage>("member_page", { audience, query }),
  chooseFile: () => call<OfferedFile | null>("choose_file"),
  waitingFile: () => call<OfferedFile | null>("waiting_file"),
  lookAtFile: (task: string, request: FileRequest) => call<FileLook>("look_at_file", { task, request }),
  importFile: (task: string, request: FileRequest) =>
    call<AudienceDocument>("import_file", { task, request }),
  followFile: (audience: string, follows: boolean) =>
    call<AudienceDocument>("follow_file", { audience, follows }),
  lookOver: (audience: string) => call<AudienceDocument>("look_over", { audience }),
  removeAudience: (audience: string) => call<void>("remove_audience", { audience }),
  exportAudience: (task: string, audience: string) =>
    call<Written | null>("export_audience", { task, audience }),

  destinations: () => call<Destination[]>("list_destinations"),
  checkDestination: (made: NewDestination, audience: string | null) =>
    call<DestinationCheck>("check_destination", { new: made, audience }),
  suggestMapping: (audience: string, connection: string) =>
    call<Suggestion[]>("suggest_mapping", { audience, connection }),
  createDestination: (task: string, made: NewDestination) =>
    call<Destination>("create_destination", { task, new: made }),
  editDestination: (task: string, destination: string, change: DestinationChange) =>
    call<Destination>("edit_destination", { task, destination, change }),
  removeDestination: (destination: string) => call<Destination>("remove_destination", { destination }),

  syncs: () => call<Sync[]>("list_syncs"),
  freshness: () => call<Freshness[]>("freshness"),
  createSync: (made: NewSync) => call<Sync>("create_sync", { new: made }),
  editSync: (sync: string, change: SyncChange) => call<Sync>("edit_sync", { sync, change }),
  removeSync: (sync: string) => call<Sync>("remove_sync", { sync }),
  preview: (task: string, sync: string, look: Look, routes: RouteWish) =>
    call<PlanSummary>("preview", { task, sync, look, routes }),
  whatIf: (sync: string, wish: WhatIf) => call<WhatIfDocument>("what_if", { sync, wish }),
  people: (sync: string, digest: string, filter: PeopleFilter, offset: number, limit: number) =>
    call<PeoplePage>("people_page", { sync, digest, filter, offset, limit }),

  alerts: (sync: string | null) => call<AlertLine[]>("list_alerts", { sync }),
  alertChannels: () => call<AlertChannels>("alert_channels"),
  setAlerts: (change: AlertChange, secret: string | null) =>
    call<AlertChannels>("set_alerts", { change, secret }),
  clearAlerts: (channel: Channel) => call<AlertChannels>("clear_alerts", { channel }),
  testAlerts: () => call<AlertTest>("test_alerts"),
  settings: () => call<SettingsDocument>("settings"),
  setSettings: (change: SettingsChange) => call<SettingsDocument>("set_settings", { change }),

  runs: (sync: string | null, most: number) => call<RunPage>("list_runs", { sync, most }),
  currentRuns: () => call<RunReport[]>("current_runs"),
  run: (run: string) => call<RunDetail>("run_detail", { run }),
  outcomes: (run: string, filter: OutcomeFilter, offset: number, limit: number) =>
    call<OutcomePage>("outcome_page", { run, filter, offset, limit }),
  startRun: (request: RunRequest) => call<string>("start_run", { request }),
  resumeRun: (run: string) => call<string>("resume_run", { run }),
  retryRun: (request: RetryRequest) => call<string>("retry_run", { request }),
  holdRun: (run: string, holds: boolean) => call<RunReport>("hold_run", { run, holds }),
  stopRun: (run: string) => call<RunReport>("stop_run", { run }),
  exportRun: (task: string, run: string, filter: OutcomeFilter) =>
    call<Written | null>("export_run", { task, run, filter }),
};
