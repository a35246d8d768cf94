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
import { quoted } from "../../words/problems";

/** The target of the column that identifies people (seed 001, "Supported identities"). */
export const DEDUPE = "DedupeField";

/** One column, and what it fills. A column that fills two fields has two lines. */
export interface Line {
  id: string;
  column: string;
  /** The field it fills, or DEDUPE; nothing when it is not mapped. */
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
  lines: Line[];
}

let made = 0;

/** A line of its own for a column. */
export function newLine(column: string, target: string | null = null, clearWhenBlank = false): Line {
  made += 1;
  return { id: `line-${made}`, column, target, clearWhenBlank };
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
    lines: [],
  };
}

/** A destination as it is kept. */
export function draftOf(destination: Destination): Draft {
  const { key_column, fields } = destination.mapping;
  return {
    name: destination.name,
    description: destination.description,
    connection: destination.connection,
    workspace: destination.workspace ?? "",
    syncType: destination.sync_type,
    partition: destination.partition,
    dedupeField: destination.dedupe_field,
    personAction: destination.person_action,
    lines: [
      newLine(key_column, DEDUPE),
      ...fields.map((rule) => newLine(rule.source, rule.target, rule.clear_when_blank)),
    ],
  };
}

/** With a line for every column of an audience, in its order; mapped lines of other columns stay, behind. */
export function withColumns(draft: Draft, audience: AudienceDocument | undefined): Draft {
  if (audience === undefined) {
    return draft;
  }
  const lines = audience.columns.flatMap((column) => {
    const known = draft.lines.filter((line) => line.column === column);
    return known.length > 0 ? known : [newLine(column)];
  });
  const others = draft.lines.filter(
    (line) => line.target !== null && !audience.columns.includes(line.column),
  );
  return { ...draft, lines: [...lines, ...others] };
}

/** The column that identifies people, if one is chosen. */
export function keyColumn(draft: Draft): string {
  return draft.lines.find((line) => line.target === DEDUPE)?.column ?? "";
}

/** With a line's target; only one line identifies people. */
export function mapped(draft: Draft, id: string, target: string | null): Draft {
  return {
    ...draft,
    lines: draft.lines.map((line) => {
      if (line.id === id) {
        return { ...line, target };
      }
      return target === DEDUPE && line.target === DEDUPE ? { ...line, target: null } : line;
    }),
  };
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
      key_column: keyColumn(draft),
      fields: draft.lines.flatMap((line) =>
        line.target === null || line.target === DEDUPE
          ? []
          : [{ source: line.column, target: line.target, clear_when_blank: line.clearWhenBlank }],
      ),
    },
  };
}

/** What is wrong at one place, in words. */
export function faultAt(faults: readonly Fault[], is: (place: FaultPlace) => boolean): string | undefined {
  const found = faults.find((fault) => is(fault.place));
  return found === undefined ? undefined : quoted(found.problem.message);
}
