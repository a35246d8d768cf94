// Numbers that are shown add up, and are written as people write them.

import { expect, test } from "vitest";
import type { Event, PeopleCounts } from "../src/backend/types";
import { spans } from "../src/parts/charts/Waterfall";
import { skipped, stepsOf } from "../src/screens/preview/steps";
import { outcomesOf, totalsOf } from "../src/screens/runs/outcomes";
import { nextCalls } from "../src/state/callsDay";
import { advanced } from "../src/state/pace";
import { ago, bytes, count, counted, duration, percent } from "../src/words/format";

const people: PeopleCounts = {
  rows: 100,
  create: 40,
  update: 20,
  leave: 5,
  skip: {
    no_key: 1,
    invalid_key: 2,
    case_differs: 3,
    duplicate_in_audience: 4,
    suppressed: 5,
    no_consent: 6,
    not_in_destination: 7,
    missing_required: 3,
    invalid_value: 4,
  },
};

test("the steps of a waterfall end at nothing", () => {
  const steps = stepsOf(people);
  expect(steps.reduce((sum, step) => sum + step.value, 0)).toBe(people.rows);
  expect(skipped(people)).toBe(35);
  const shown = spans({ id: "rows", name: "Rows", value: people.rows, tone: "whole" }, steps);
  expect(shown.at(-1)?.span[0]).toBe(0);
  for (const [at, step] of shown.entries()) {
    const before = shown[at - 1];
    if (before !== undefined) {
      expect(step.span[1]).toBe(at === 1 ? before.span[1] : before.span[0]);
    }
  }
});

test("outcomes and their reasons are the report's", () => {
  const all = outcomesOf({
    created: 1,
    updated: 2,
    unchanged: 3,
    skipped: { suppressed: 4, no_consent: 5 },
    invalid: { no_key: 6 },
    rejected: { "1003": 7 },
    unconfirmed: 8,
  });
  expect(all.reduce((sum, one) => sum + one.value, 0)).toBe(36);
  expect(all.find((one) => one.id === "skipped")?.reasons).toEqual([
    ["no_consent", 5],
    ["suppressed", 4],
  ]);
});

test("who was not sent was not skipped", () => {
  const people = {
    created: 1,
    updated: 2,
    unchanged: 3,
    skipped: { suppressed: 4, not_sent: 5 },
    invalid: { no_key: 6 },
    rejected: { "1003": 7 },
    unconfirmed: 8,
  };
  const all = outcomesOf(people);
  const of = (id: string) => all.find((one) => one.id === id);
  expect(all.reduce((sum, one) => sum + one.value, 0)).toBe(36);
  expect([of("skipped")?.value, of("not_sent")?.value]).toEqual([4, 5]);
  expect([of("skipped")?.name, of("not_sent")?.name]).toEqual(["Skipped", "Not sent"]);
  expect(of("not_sent")?.tone).not.toBe(of("skipped")?.tone);
  expect(of("skipped")?.filter).toEqual({ outcome: "skipped", reason: "suppressed" });
  expect(of("not_sent")?.filter).toEqual({ outcome: "skipped", reason: "not_sent" });
  const totals = totalsOf(people);
  expect(totals).toEqual({ created: 1, updated: 2, leftOut: 10, notDelivered: 20 });
  expect(Object.values(totals).reduce((sum, value) => sum + value, 0) + people.unchanged).toBe(36);
});

test("Marketo grants new calls at midnight, central time", () => {
  const next = (now: string) => nextCalls(Date.parse(now));
  expect(next("2026-11-30T07:57:00.250Z")).toBe("2026-12-01T06:00:00.000Z");
  expect(next("2026-07-01T05:00:00Z")).toBe("2026-07-02T05:00:00.000Z");
  expect(next("2026-11-01T05:30:00Z")).toBe("2026-11-02T06:00:00.000Z");
  expect(next("2026-03-08T12:00:00Z")).toBe("2026-03-09T05:00:00.000Z");
  expect(next("2026-03-08T06:30:00Z")).toBe("2026-03-09T05:00:00.000Z");
});

test("a run's rate and time left come from what was seen of its stage", () => {
  const event = (done: number, more: Partial<Event> = {}): Event => ({
    stage: "sending",
    done,
    total: 100,
    waiting_for: null,
    run_id: "run",
    ...more,
  });
  const first = advanced(null, event(10), 0);
  expect(first.rate).toBeNull();
  const later = advanced(first, event(30), 4000);
  expect(later.rate).toBe(5);
  expect(later.left).toBe(14);
  const waits = advanced(later, event(0, { stage: "waiting", waiting_for: "the rate limit" }), 5000);
  expect([waits.event.done, waits.event.waiting_for]).toEqual([30, "the rate limit"]);
  expect(advanced(waits, event(0, { stage: "reading the list" }), 6000).rate).toBeNull();
});

test("numbers as people write them", () => {
  expect(count(1_234_567)).toBe("1,234,567");
  expect(percent(0.1234)).toBe("12.3%");
  expect(counted(1, "person", "people")).toBe("1 person");
  expect(counted(0, "person", "people")).toBe("0 people");
  expect([duration(0.2), duration(61), duration(7_260)]).toEqual(["1 s", "1 min 1 s", "2 h 1 min"]);
  expect([bytes(0), bytes(1), bytes(999), bytes(1_000), bytes(247_000_000)]).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1 kB",
    "247 MB",
  ]);
  const now = Date.parse("2026-11-23T12:00:00Z");
  expect(ago("2026-11-23T11:59:30Z", now)).toBe("just now");
  expect(ago("2026-11-23T10:00:00Z", now)).toBe("2 hours ago");
  expect(ago("2026-11-20T12:00:00Z", now)).toBe("3 days ago");
});
