// What a run came to: its numbers blame nobody for what was not tried.

import { DialogContainer } from "@react-spectrum/s2";
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import type { PeopleCounts, PersonOutcome, RunReport } from "../src/backend/types";
import { PersonDialog } from "../src/parts/PersonDialog";
import { needsOf } from "../src/screens/overview/NeedsYou";
import { comparedLines } from "../src/screens/runs/Report";
import { reasonName } from "../src/words/reasons";
import { runs } from "../src/words/runs";
import { show } from "./shown";

const planned = {
  rows: 100,
  create: 90,
  update: 0,
  leave: 0,
  skip: { no_key: 10 } as PeopleCounts["skip"],
};

const report = {
  sync: "All",
  rows: 100,
  people: {
    created: 30,
    updated: 0,
    unchanged: 0,
    skipped: { not_sent: 60 },
    invalid: { no_key: 10 },
    rejected: {},
    unconfirmed: 0,
  },
  list: { id: 1, name: "All", added: 30, kept: 0, removed: 0, rejected: {}, unconfirmed: 0, not_sent: 60 },
} as unknown as RunReport;

test("who was not sent when a run was stopped was not left out", () => {
  const plannedList = { add: 90, keep: 0, remove: 0 };
  const lines = comparedLines({ report, planned, plannedList });
  expect(lines.map(({ id, planned, done }) => [id, planned, done])).toEqual([
    ["created", 90, 30],
    ["left-out", 10, 10],
    ["not-sent", 0, 60],
    ["joined", 90, 30],
    ["list-not-sent", 0, 60],
  ]);
});

test("one is one person, and codes of Marketo have names", () => {
  expect(runs.peopleRejected(1)).toBe("Marketo rejected 1 person.");
  expect(runs.listUnconfirmed(2)).toBe("Whether 2 people are on the static list is not known.");
  expect(reasonName("1006")).toBe("Field not found (Marketo 1006)");
  expect(reasonName("9999")).toBe("Marketo 9999");
  expect(reasonName("no_key")).toBe("No key");
});

test("a missing secret and a followed file that was not taken need somebody", () => {
  const followed = {
    id: "aud_1",
    name: "All",
    quarantined: { count: 0, first: [] },
    watched: { path: "all.csv", problem: { message: "It is empty." } },
  };
  const needs = needsOf([followed] as never, [], [], ["EMEA"]);
  expect(needs.map(({ text }) => text)).toEqual([
    "The secret of EMEA is missing. Enter it again.",
    "The newest file of All was not imported: It is empty.",
  ]);
});

test("a second row of one key is not said to be unknown to Marketo", async () => {
  const person = {
    row: 7,
    key: "ada@example.com",
    verdict: "skip",
    outcome: "skipped",
    list: "none",
    lead_id: null,
    list_lead_id: null,
    reason: { code: "duplicate_in_audience", message: "An earlier row.", fix: "" },
    explain: { raw: "ada@example.com", normalized: "ada@example.com", rule: "", candidates: [], changes: {} },
  } as unknown as PersonOutcome;
  await show(
    <DialogContainer onDismiss={() => {}}>
      <PersonDialog person={person} close={() => {}} />
    </DialogContainer>,
  );
  await expect.element(page.getByText(/Looked up for the first row with this key/)).toBeVisible();
  await expect.element(page.getByText("Nobody in Marketo has this key.")).not.toBeInTheDocument();
});
