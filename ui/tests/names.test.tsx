// Names as people give them: longer than any column, from right to left, and the same as
// what Usher itself calls its columns.

import { expect, test } from "vitest";
import { page } from "vitest/browser";
import type { ColumnStats } from "../src/backend/types";
import { ColumnTable } from "../src/parts/ColumnTable";
import { Page } from "../src/parts/Page";
import { Panel } from "../src/parts/Panel";
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
