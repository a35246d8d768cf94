// Ways on from a screen lead to where they say, and what is to be mended is marked.

import { expect, test } from "vitest";
import { page } from "vitest/browser";
import type { Fault } from "../src/backend/types";
import { emptyDraft, newLine } from "../src/screens/destinations/draft";
import { MappingRules } from "../src/screens/destinations/MappingRules";
import { SyncScreen } from "../src/screens/syncs/SyncScreen";
import { SyncsScreen } from "../src/screens/syncs/SyncsScreen";
import { answerWith, problem } from "./backend";
import { show } from "./shown";

const nothing = {
  list_syncs: () => [],
  current_runs: () => [],
  freshness: () => [],
  list_destinations: () => [],
};

test("without a destination the way leads to a new one", async () => {
  answerWith({ ...nothing, list_audiences: () => [{ id: "aud_1", name: "All" }] });
  await show(<SyncsScreen adding={null} />);
  await page.getByRole("button", { name: "Add destination" }).click();
  expect(window.location.hash).toBe("#/new-destination");
});

test("without an audience a file is asked for at once", async () => {
  let asked = 0;
  const choose_file = () => {
    asked += 1;
    return null;
  };
  answerWith({ ...nothing, list_audiences: () => [], choose_file });
  await show(<SyncsScreen adding={null} />);
  await page.getByRole("button", { name: "Import file" }).click();
  await expect.poll(() => asked).toBe(1);
});

test("a sync that is not there leads back to the overview", async () => {
  answerWith(nothing);
  await show(<SyncScreen sync="gone" part={undefined} />);
  await page.getByRole("button", { name: "Go to the overview" }).click();
  expect(window.location.hash).toBe("#/");
});

test("a field that is missing is marked as required, and one that is mapped twice as wrong", async () => {
  const lines = [newLine("a", "firstName"), newLine("b", "firstName")];
  const draft = { ...emptyDraft("con"), personAction: "update-and-create" as const, lines };
  const faults = [
    { place: { rule: "firstName" }, problem: problem("mapping_incomplete", "Two columns.") },
    { place: { required: "lastName" }, problem: problem("mapping_incomplete", "Not mapped.") },
  ] as Fault[];
  await show(<MappingRules draft={draft} faults={faults} />);
  await expect.element(page.getByText("First name is mapped more than once")).toBeVisible();
  const missing = page.getByRole("listitem").filter({ hasText: "Last name is not mapped" });
  await expect.element(missing.getByText("Required")).toBeVisible();
});
