// What a run came to: its numbers blame nobody for what was not tried.

import { DialogContainer } from "@react-spectrum/s2";
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import type { PeopleCounts, PersonOutcome, RunDetail, RunReport, Sync } from "../src/backend/types";
import { PersonDialog } from "../src/parts/PersonDialog";
import { needsOf } from "../src/screens/overview/needs";
import { reasonLines } from "../src/screens/runs/Reasons";
import { comparedLines } from "../src/screens/runs/Report";
import { leftToDo, RunNote, undelivered } from "../src/screens/runs/RunNote";
import { summed } from "../src/screens/runs/summed";
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

/** A run that delivered everybody, of whom the list took nobody. */
const refused = {
  ...report,
  run_id: "run_1",
  state: "completed_with_problems",
  people: { ...report.people, created: 100, skipped: {}, invalid: {} },
  list: { ...report.list, added: 0, rejected: { "603": 100 }, not_sent: 0 },
} as unknown as RunReport;

function detailOf(report: RunReport, add: number, remove: number): RunDetail {
  const more = {
    planned,
    limit: null,
    problem: null,
    resumable: true,
    planned_list: { add, keep: 0, remove },
  };
  return { ...more, report } as unknown as RunDetail;
}

test("whom the list did not take is said beside who was delivered", () => {
  expect(summed(detailOf(refused, 100, 0))).toBe("100 delivered; 100 could not be put on the list.");
  expect(summed(detailOf(report, 90, 0))).toBe("30 delivered, 60 not sent, 10 left out.");
  expect(reasonLines(refused).map(({ reason, outcome, value }) => [reason, outcome, value])).toEqual([
    ["603", "List: rejected", 100],
  ]);
});

test("who could not join is told apart from who could not leave, as far as that is known", () => {
  const list = { ...refused.list, added: 40, rejected: { "1003": 60 } } as RunReport["list"];
  const some = { ...refused, list };
  expect(undelivered(detailOf(some, 100, 0))).toEqual(["60 people could not be put on the static list."]);
  expect(undelivered(detailOf(some, 40, 60))).toEqual(["60 people could not be taken off the static list."]);
  expect(undelivered(detailOf(some, 80, 20))).toEqual([
    "40 people could not be put on the static list.",
    "20 people could not be taken off the static list.",
  ]);
  expect(undelivered(detailOf(some, 90, 90))).toEqual([
    "60 people could not be put on the static list or taken off it.",
  ]);
});

test("the overview says what a run with problems came to", () => {
  const sync = { name: "All", paused: false, mode: "add-only" } as Sync;
  const told = (run: RunReport, syncs: Sync[]) => needsOf([], [run], syncs).map(({ text }) => text);
  expect(told(refused, [])).toEqual(["“All” completed, but nobody could be put on the static list."]);
  const list = { ...refused.list, added: 40, rejected: { "1003": 60 } } as RunReport["list"];
  const people = { ...refused.people, rejected: { "1003": 1 } };
  expect(told({ ...refused, list, people }, [sync])).toEqual([
    "“All” completed, but 1 person was rejected and 60 people could not be put on the static list.",
  ]);
});

test("where a permission is missing, the way leads to the connection", async () => {
  await show(<RunNote detail={detailOf(refused, 100, 0)} />);
  await page.getByRole("button", { name: "Go to Connections" }).click();
  expect(window.location.hash).toBe("#/connections");
});

test("a stopped run says what is left to do for people and for the list", () => {
  const list = (added: number, not_sent: number) =>
    ({ ...report.list, added, not_sent }) as RunReport["list"];
  const left = (list: RunReport["list"], remove = 0) => leftToDo(detailOf({ ...report, list }, 90, remove));
  expect(left(null)).toBe("60 people have not been sent. Resume the run to send them.");
  expect(left(list(0, 90))).toBe(
    "60 people have not been sent and nobody is on the list yet. Resume the run to finish both.",
  );
  expect(left(list(30, 60))).toBe(
    "60 people have not been sent and 60 people are not on the list yet. Resume the run to finish both.",
  );
  expect(left(list(30, 65), 5)).toBe(
    "60 people have not been sent and 65 places on the list have not been changed yet. Resume the run to finish both.",
  );
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
  const needs = needsOf([followed] as never, [], [], { missing: ["EMEA"], unknown: [] });
  expect(needs.map(({ text }) => text)).toEqual([
    "The secret of “EMEA” is missing. Enter it again.",
    "The newest file of “All” was not imported: It is empty.",
  ]);
});

test("a keychain that does not answer and a run that is paused need somebody", () => {
  const paused = { ...report, run_id: "run_1", state: "paused" } as RunReport;
  const needs = needsOf([], [paused], [], { missing: [], unknown: ["EMEA"] });
  expect(needs.map(({ text }) => text)).toEqual([
    "Whether the secret of “EMEA” is stored could not be checked. Open Connections to see why.",
    "The run of “All” is paused. It goes on once you resume it.",
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
