// What a screen says holds for what it shows now: nothing is said of what is not known yet,
// nor of what was there before.

import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { ConnectionLine, RunReport, Sync } from "../src/backend/types";
import { ConnectionCard } from "../src/screens/connections/ConnectionCard";
import { NeedsYou } from "../src/screens/overview/NeedsYou";
import { newQueryClient, secretKept } from "../src/state/queries";
import { answerWith, problem } from "./backend";
import { show } from "./shown";

const connection = {
  id: "con_1",
  name: "EMEA",
  description: "",
  base_url: "https://one.mktorest.com",
  munchkin_id: "123-ABC-456",
  client_id: "client",
  limits: { daily_quota: 50_000, calls_per_20s: 40, concurrency: 3 },
  sandbox: false,
} as unknown as ConnectionLine;

const ok = { connection: "EMEA", ok: true, checks: [] };
const passed = () => page.getByText("Everything a sync needs works.");

function card(client: ReturnType<typeof newQueryClient>, shown: ConnectionLine) {
  return (
    <QueryClientProvider client={client}>
      <ConnectionCard
        connection={shown}
        edit={() => {}}
        replaceSecret={() => {}}
        isNew={false}
        toTest={null}
      />
    </QueryClientProvider>
  );
}

test("a test says nothing of an address or a secret that came after it", async () => {
  answerWith({ has_secret: () => true, start_state: () => null, test_connection: () => ok });
  const client = newQueryClient();
  const view = await render(card(client, connection));
  await page.getByRole("button", { name: "Test" }).click();
  await expect.element(passed()).toBeVisible();
  await view.rerender(card(client, { ...connection, base_url: "https://two.mktorest.com" }));
  await expect.element(passed()).not.toBeInTheDocument();

  await page.getByRole("button", { name: "Test" }).click();
  await expect.element(passed()).toBeVisible();
  secretKept(client, "EMEA");
  await expect.element(passed()).not.toBeInTheDocument();
});

function Needs() {
  const runs = useQuery<RunReport[]>({
    queryKey: ["runs"],
    queryFn: () => Promise.reject(problem("store_damaged", "The runs cannot be read.")),
  });
  const syncs = useQuery<Sync[]>({ queryKey: ["syncs"], queryFn: () => [] });
  return <NeedsYou audiences={[]} connections={[]} runs={runs} syncs={syncs} />;
}

test("that nothing needs anybody is not said of what cannot be read", async () => {
  await show(<Needs />);
  await expect.element(page.getByText("The runs cannot be read.", { exact: false })).toBeVisible();
  await expect.element(page.getByText("Nothing needs your attention.")).not.toBeInTheDocument();
});
