// How far a piece of work is, while it goes on and while it stands still.

import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { TaskProgress } from "../src/parts/Progress";
import type { Pace } from "../src/state/pace";
import { show } from "./shown";

const pace: Pace = {
  event: { stage: "sending", done: 600, total: 2400, waiting_for: "the daily quota", run_id: "run_1" },
  rate: 50,
  left: 36,
  since: 0,
  from: 0,
};

test("what is waited for is called as it is everywhere", async () => {
  await show(<TaskProgress label="Sending people" progress={pace} />);
  await expect.element(page.getByText("50 people a second", { exact: false })).toBeVisible();
  await expect.element(page.getByText("Waiting for new API calls")).toBeVisible();
});

test("work that is held shows how far it is, and no pace", async () => {
  await show(<TaskProgress label="Sending people" progress={pace} isHeld />);
  await expect.element(page.getByText("600 of 2,400")).toBeVisible();
  await expect.element(page.getByText("people a second", { exact: false })).not.toBeInTheDocument();
});
