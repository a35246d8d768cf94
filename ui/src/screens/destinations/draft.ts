// A destination while it is filled in: columns with the fields they fill, as the person
// sees them, and what the backend is asked to check and keep.

import type {
  AudienceDocument,
  Destination,
  Fault,
  FaultPlace,
  NewDestination,
  PersonAction,
  SyncType,
} from "../../backend/types";

/** One column, and what it fills. */
export interface Line {
  column: string;
  /** The field it fills; nothing when it is not mapped. */
  target: string | null;
  clearWhenBlank: boolean;
}

export interface Draft {
  name: string;
  description: string;
  connection: string;
  workspace: string;
  syncType: SyncType;
  partition: string | null;
  dedupeField: string;
  personAction: PersonAction;
  keyColumn: string;
  lines: Line[];
}

/** An empty one, for a connection. */
export function emptyDraft(connection: string): Draft {
  return {
    name: "",
    description: "",
    connection,
    workspace: "",
    syncType: "audience-and-profile",
    partition: null,
    dedupeField: "email",
    personAction: "update-existing",
    keyColumn: "",
    lines: [],
  };
}

/** A destination as it is kept. */
export function draftOf(destination: Destination): Draft {
  return {
    name: destination.name,
    description: destination.description,
    connection: destination.connection,
    workspace: destination.workspace ?? "",
    syncType: destination.sync_type,
    partition: destination.partition,
    dedupeField: destination.dedupe_field,
    personAction: destination.person_action,
    keyColumn: destination.mapping.key_column,
    lines: destination.mapping.fields.map((rule) => ({
      column: rule.source,
      target: rule.target,
      clearWhenBlank: rule.clear_when_blank,
    })),
  };
}

/** With a line for every column of an audience; lines of other columns stay. */
export function withColumns(draft: Draft, audience: AudienceDocument | undefined): Draft {
  const known = new Set(draft.lines.map((line) => line.column));
  const more = (audience?.columns ?? [])
    .filter((column) => !known.has(column))
    .map((column): Line => ({ column, target: null, clearWhenBlank: false }));
  return more.length === 0 ? draft : { ...draft, lines: [...draft.lines, ...more] };
}

/** What the backend is asked to check and keep. */
export function asked(draft: Draft): NewDestination {
  const allowsPartition = draft.syncType !== "audience-only";
  return {
    name: draft.name,
    description: draft.description,
    connection: draft.connection,
    sync_type: draft.syncType,
    person_action: draft.personAction,
    dedupe_field: draft.dedupeField,
    partition: allowsPartition ? draft.partition : null,
    workspace: draft.workspace.trim() === "" ? null : draft.workspace.trim(),
    mapping: {
      key_column: draft.keyColumn,
      fields: draft.lines.flatMap((line) =>
        line.target === null
          ? []
          : [{ source: line.column, target: line.target, clear_when_blank: line.clearWhenBlank }],
      ),
    },
  };
}

/** What is wrong at one place, in words. */
export function faultAt(faults: readonly Fault[], is: (place: FaultPlace) => boolean): string | undefined {
  return faults.find((fault) => is(fault.place))?.problem.message;
}
