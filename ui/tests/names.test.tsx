// Names as people give them: longer than any column, from right to left, and the same as
// what Usher itself calls its columns.

import { DialogContainer } from "@react-spectrum/s2";
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import type { ColumnStats, Person } from "../src/backend/types";
import { ColumnTable } from "../src/parts/ColumnTable";
import { Confirm } from "../src/parts/Confirm";
import { Parts } from "../src/parts/charts/Parts";
import { Waterfall } from "../src/parts/charts/Waterfall";
import { Page } from "../src/parts/Page";
import { Panel } from "../src/parts/Panel";
import { PersonDialog } from "../src/parts/PersonDialog";
import { newLine } from "../src/screens/destinations/draft";
import { MappingLine } from "../src/screens/destinations/MappingLine";
import { LastRuns } from "../src/screens/overview/LastRuns";
import { show } from "./shown";

const LONG = "The audience of everyone who has ever opened a newsletter ".repeat(12).trim();
const HEBREW = "קהל היעד של הקמפיין";

const stats = (name: string): ColumnStats => ({ name, filled: 1, examples: [name] });

test("a column may be called as a column of the table is", async () => {
  await show(<ColumnTable columns={["name", "filled", "examples"].map(stats)} rows={1} />);
  await expect.element(page.getByRole("rowheader", { name: "filled" })).toBeVisible();
  await expect.element(page.getByRole("rowheader", { name: "examples" })).toBeVisible();
});

test("a very long name pushes nothing out of the window", async () => {
  await show(
    <Page title={LONG} actions={<button type="button">Run</button>}>
      <Panel title={LONG}>{LONG.replaceAll(" ", "")}</Panel>
    </Page>,
  );
  await expect.element(page.getByRole("button", { name: "Run" })).toBeVisible();
  const { scrollWidth, clientWidth } = document.documentElement;
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
  const box = page.getByRole("button", { name: "Run" }).element().getBoundingClientRect();
  expect(box.right).toBeLessThanOrEqual(window.innerWidth);
});

test("a name from right to left is read from right to left", async () => {
  await show(
    <Page title={HEBREW}>
      <ColumnTable columns={[stats(HEBREW)]} rows={1} />
    </Page>,
  );
  const heading = page.getByRole("heading", { name: HEBREW }).element();
  expect(getComputedStyle(heading).direction).toBe("rtl");
});

test("the whole page turns round with its language", async () => {
  await show(
    <Page title={HEBREW} actions={<button type="button">Run</button>}>
      {null}
    </Page>,
    "he-IL",
  );
  const title = page.getByRole("heading", { name: HEBREW }).element().getBoundingClientRect();
  const button = page.getByRole("button", { name: "Run" }).element().getBoundingClientRect();
  expect(button.left).toBeLessThan(title.right);
});

/** That nothing stands outside the window. */
function fits() {
  const { scrollWidth, clientWidth } = document.documentElement;
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
}

const NAMES = [
  ["very long", LONG.slice(0, 400)],
  ["without a space", LONG.replaceAll(" ", "").slice(0, 400)],
  ["from right to left", HEBREW],
] as const;

for (const [kind, name] of NAMES) {
  for (const locale of ["en-US", "he-IL"]) {
    test(`a name ${kind} is asked about in a dialog, in ${locale}`, async () => {
      await show(
        <Confirm open title={name} deed="Remove" onConfirm={() => {}} onClose={() => {}}>
          {name}
        </Confirm>,
        locale,
      );
      const deed = page.getByRole("button", { name: "Remove" });
      await expect.element(deed).toBeVisible();
      const box = deed.element().getBoundingClientRect();
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(window.innerWidth);
      fits();
    });

    test(`a person of a name ${kind} is explained, in ${locale}`, async () => {
      const person = {
        row: 1,
        key: name,
        verdict: "update",
        list: "add",
        lead_id: 7,
        list_lead_id: null,
        reason: null,
        explain: {
          raw: name,
          normalized: name,
          rule: "",
          candidates: [{ lead_id: 7, updated_at: null, partition: name }],
          changes: { [name]: [name, name] },
        },
      } as unknown as Person;
      await show(
        <DialogContainer onDismiss={() => {}}>
          <PersonDialog person={person} close={() => {}} />
        </DialogContainer>,
        locale,
      );
      await expect.element(page.getByRole("button", { name: "Close" })).toBeVisible();
      fits();
    });

    test(`a column of a name ${kind} is mapped, in ${locale}`, async () => {
      await show(
        <table>
          <tbody>
            <MappingLine
              line={newLine(name, "firstName")}
              values={[name]}
              targets={[{ id: "firstName", name: "First Name (firstName)" }]}
              fault={undefined}
              map={() => {}}
              clear={() => {}}
              again={() => {}}
              remove={() => {}}
            />
          </tbody>
        </table>,
        locale,
      );
      await expect.element(page.getByRole("button", { name: `Add a field for ${name}` })).toBeVisible();
      fits();
    });

    test(`charts with a name ${kind} stay in their place, in ${locale}`, async () => {
      const part = { id: "a", name, value: 3, tone: "good" } as const;
      const run = { run_id: "run_1", sync: name, state: "completed", started_at: "2026-11-23T12:00:00Z" };
      const people = { created: 3, updated: 0, unchanged: 0, skipped: {}, invalid: {}, rejected: {} };
      await show(
        <>
          <Parts label={name} isTitled parts={[part]} />
          <Waterfall label="Rows" whole={{ ...part, id: "rows" }} parts={[part]} />
          <LastRuns runs={[{ ...run, people: { ...people, unconfirmed: 0 } } as never]} />
        </>,
        locale,
      );
      await expect.element(page.getByRole("img", { name: "Rows" })).toBeVisible();
      fits();
    });
  }
}
