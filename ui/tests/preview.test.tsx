// What a preview says first, and where it leads.

import { expect, test } from "vitest";
import { page } from "vitest/browser";
import type { Destination, PlanSummary, Sync } from "../src/backend/types";
import { Preview } from "../src/screens/preview/Preview";
import { answerWith } from "./backend";
import { show } from "./shown";

const plan = {
  digest: "plan_1",
  audience: { name: "All", rows: 100, snapshot_at: "2026-11-23T12:00:00Z" },
  destination_as_of: null,
  fresh_until: null,
  partitions: [],
  people: {
    rows: 100,
    create: 60,
    update: 0,
    leave: 0,
    skip: {
      no_key: 40,
      invalid_key: 0,
      case_differs: 0,
      duplicate_in_audience: 0,
      suppressed: 0,
      no_consent: 0,
      not_in_destination: 0,
      missing_required: 0,
      invalid_value: 0,
    },
  },
  list: null,
  ambiguous_keys: 0,
  drifted: 0,
  cost: {
    calls: 1,
    reading_calls: 1,
    seconds: 1,
    quota_percent: 1,
    calls_by_endpoint: {},
    used_today: { ours: 0, others: 0, left: 1 },
  },
  guardrails: [{ name: "creations", found: 60, limit: 10 }],
  routes: null,
} as unknown as PlanSummary;

const sync = { id: "syn_1", name: "Everyone", paused: false } as Sync;
const destination = {
  name: "Marketo",
  sync_type: "profile-only",
  person_action: "update-and-create",
} as Destination;

test("what holds the run back is said first, and reviewing leads to where it is allowed", async () => {
  answerWith({ preview: () => plan, people_page: () => ({ total: 0, people: [] }) });
  await show(<Preview sync={sync} destination={destination} snapshotAt={undefined} lastRun={undefined} />);
  const holding = page.getByRole("heading", { name: "Guardrails hold this run back" });
  await expect.element(holding).toBeVisible();
  const sum = page.getByRole("heading", { name: "From audience to verdicts" });
  const top = (heading: typeof sum) => heading.element().getBoundingClientRect().top;
  expect(top(holding)).toBeLessThan(top(sum));
  await expect.element(page.getByText("60 people would be created; 10 may be.").first()).toBeVisible();

  await expect.element(page.getByRole("button", { name: "Send 60 people to Marketo" })).toBeDisabled();
  await page.getByRole("button", { name: "Review and send" }).click();
  await expect.element(page.getByRole("heading", { name: "Send", exact: true })).toHaveFocus();
  await expect.element(page.getByText("Allow for this run", { exact: true })).toBeInViewport();
});

test("who is left out by any reason is called so", async () => {
  answerWith({ preview: () => plan, people_page: () => ({ total: 0, people: [] }) });
  await show(<Preview sync={sync} destination={destination} snapshotAt={undefined} lastRun={undefined} />);
  const what = page.getByRole("region", { name: "What if" });
  await expect.element(what.getByText("Left out", { exact: true })).toBeVisible();
  await expect.element(what.getByText("40", { exact: true })).toBeVisible();
});
