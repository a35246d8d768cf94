// A mapping while somebody fills it in.

import { expect, test } from "vitest";
import type { AudienceDocument } from "../src/backend/types";
import {
  asked,
  DEDUPE,
  emptyDraft,
  keyColumn,
  mapped,
  newLine,
  withColumns,
} from "../src/screens/destinations/draft";

const audience = { columns: ["email", "first", "points"] } as AudienceDocument;

test("one column identifies people, and another one takes its place", () => {
  let draft = withColumns(emptyDraft("con"), audience);
  const [email, first] = draft.lines;
  draft = mapped(draft, email?.id ?? "", DEDUPE);
  expect(keyColumn(draft)).toBe("email");
  draft = mapped(draft, first?.id ?? "", DEDUPE);
  expect(keyColumn(draft)).toBe("first");
  expect(draft.lines.filter((line) => line.target === DEDUPE)).toHaveLength(1);
});

test("a column may fill a second field beside identifying people", () => {
  let draft = withColumns(emptyDraft("con"), audience);
  draft = mapped(draft, draft.lines[0]?.id ?? "", DEDUPE);
  draft = { ...draft, lines: draft.lines.toSpliced(1, 0, newLine("email", "email", true)) };
  expect(asked(draft).mapping).toEqual({
    key_column: "email",
    fields: [{ source: "email", target: "email", clear_when_blank: true }],
  });
});

test("lines of a column that the audience lacks stay where they fill something", () => {
  const draft = { ...emptyDraft("con"), lines: [newLine("gone", "firstName"), newLine("unused")] };
  const shown = withColumns(draft, audience);
  expect(shown.lines.map((line) => line.column)).toEqual(["email", "first", "points", "gone"]);
});

test("no partition is asked for where none can be chosen", () => {
  const draft = { ...emptyDraft("con"), partition: "EMEA" };
  expect(asked(draft).partition).toBe("EMEA");
  expect(asked({ ...draft, syncType: "audience-only" }).partition).toBeNull();
});
