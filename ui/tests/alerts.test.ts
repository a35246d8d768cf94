// Alerts cross as words, and are filled in as checkboxes and numbers.

import { expect, test } from "vitest";
import { alertDraftOf, alertsOf, alertText } from "../src/screens/syncs/AlertFields";

test("what is kept is what is filled in again", () => {
  const words = ["started", "failed", "skip-rate=0.5%", "size=250%", "delay=90m"];
  expect(alertsOf(alertDraftOf(words))).toEqual(words);
  expect(alertsOf(alertDraftOf([]))).toEqual([]);
});

test("kinds come in their order, and limits have their defaults", () => {
  const draft = alertDraftOf([]);
  const all = ["delay", "size", "skip-rate", "failed", "problems", "succeeded", "started"] as const;
  expect(alertsOf({ ...draft, chosen: all })).toEqual([
    "started",
    "succeeded",
    "problems",
    "failed",
    "skip-rate=5%",
    "size=20%",
    "delay=1h",
  ]);
});

test("a limit stands beside its alert", () => {
  expect(alertText("delay=2h")).toContain("(2h)");
  expect(alertText("failed")).not.toContain("(");
});
