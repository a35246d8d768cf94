// The newest runs are shown at first, and earlier ones where they are wished for.

import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { RunsScreen } from "../src/screens/runs/RunsScreen";
import { answerWith } from "./backend";
import { show } from "./shown";

const people = {
  created: 1,
  updated: 0,
  unchanged: 0,
  unconfirmed: 0,
  skipped: {},
  invalid: {},
  rejected: {},
};

/** One of many, by its place: a minute between each and the next. */
function run(place: number) {
  return {
    run_id: `run_${place}`,
    sync: "Weekly",
    state: "completed",
    people,
    list: null,
    started_at: new Date(1_790_000_000_000 - place * 60_000).toISOString(),
    finished_at: null,
  };
}

function answerWithRuns(total: number, asked: number[]) {
  answerWith({
    list_runs: ({ most }) => {
      asked.push(most as number);
      const runs = Array.from({ length: Math.min(total, most as number) }, (_, place) => run(place));
      return { runs, total };
    },
    settings: () => ({ keep_values_days: 30 }),
  });
}

test("of thousands of runs the newest are asked for, and more where somebody wants them", async () => {
  const asked: number[] = [];
  answerWithRuns(8_760, asked);
  await show(<RunsScreen />);
  await expect.element(page.getByText("The newest 50 of 8,760 runs.")).toBeVisible();
  await page.getByRole("button", { name: "Show earlier runs" }).click();
  await expect.element(page.getByText("The newest 150 of 8,760 runs.")).toBeVisible();
  expect(asked).toEqual([50, 150]);
});

test("where all are shown nothing leads further", async () => {
  answerWithRuns(3, []);
  await show(<RunsScreen />);
  await expect.element(page.getByRole("grid", { name: "Runs" })).toBeVisible();
  expect(page.getByRole("button").elements()).toHaveLength(0);
});

test("without a run the way leads to the syncs", async () => {
  answerWithRuns(0, []);
  await show(<RunsScreen />);
  await page.getByRole("button", { name: "Go to Syncs" }).click();
  expect(window.location.hash).toBe("#/syncs");
});
