// The table of millions: what is drawn is what is in view, whatever there is of it.

import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { BigGrid, type GridColumn } from "../src/parts/grid/BigGrid";
import { show } from "./shown";

interface Line {
  at: number;
}

const columns: GridColumn<Line>[] = [
  { id: "at", name: "Row", width: 120, align: "end", cell: (line) => String(line.at) },
  { id: "name", name: "Name", width: 200, grows: true, cell: (line) => `Person ${line.at}` },
];

const fetched = (first: number, length: number) =>
  Promise.resolve(Array.from({ length }, (_, i): Line => ({ at: first + i })));

/** Pages of which those behind this row come once they are let. */
function heldBehind(row: number) {
  let arrive = () => {};
  const later = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const page = async (first: number, length: number) => {
    if (first > row) {
      await later;
    }
    return fetched(first, length);
  };
  return { page, arrive: () => arrive() };
}

function grid(count: number, onOpen?: (line: Line) => void) {
  const ask = vi.fn(fetched);
  const part = (
    <BigGrid
      label="People"
      count={count}
      columns={columns}
      of={["test", count]}
      page={ask}
      {...(onOpen === undefined ? {} : { onOpen })}
    />
  );
  return { ask, part };
}

test("two million rows are fetched a few at a time, to the last one", async () => {
  const { ask, part } = grid(2_000_000);
  await show(part);
  await expect.element(page.getByText("Person 0", { exact: true })).toBeVisible();
  const table = page.getByRole("grid", { name: "People" });
  await expect.element(table).toHaveAttribute("aria-rowcount", "2000001");
  (table.element() as HTMLElement).focus();
  await userEvent.keyboard("{End}");
  await expect.element(page.getByText("Person 1999999", { exact: true })).toBeVisible();
  await userEvent.keyboard("{PageUp}{Home}");
  await expect.element(page.getByText("Person 0", { exact: true })).toBeVisible();
  expect(document.querySelectorAll("[role=row]").length).toBeLessThan(60);
  for (const [, length] of ask.mock.calls) {
    expect(length).toBeLessThanOrEqual(200);
  }
});

test("the row that Enter opens is the one that the keys went to", async () => {
  const opened = vi.fn();
  const { part } = grid(50, opened);
  await show(part);
  await expect.element(page.getByText("Person 3", { exact: true })).toBeVisible();
  (page.getByRole("grid", { name: "People" }).element() as HTMLElement).focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{Enter}");
  expect(opened).toHaveBeenCalledWith({ at: 3 });
});

test("a row that is not there yet opens as soon as it is, unless somebody goes on", async () => {
  const opened = vi.fn();
  const { page: held, arrive } = heldBehind(0);
  const part = (
    <BigGrid label="People" count={1_000} columns={columns} of={["late"]} page={held} onOpen={opened} />
  );
  await show(part);
  await expect.element(page.getByText("Person 3", { exact: true })).toBeVisible();
  (page.getByRole("grid", { name: "People" }).element() as HTMLElement).focus();
  await userEvent.keyboard("{End}{Enter}{ArrowUp}{ArrowUp}{Enter}");
  expect(opened).not.toHaveBeenCalled();
  arrive();
  await vi.waitFor(() => expect(opened).toHaveBeenCalledWith({ at: 997 }));
  expect(opened).toHaveBeenCalledTimes(1);
});

test("what is beside the rows in view is there before somebody scrolls to it", async () => {
  const { ask, part } = grid(1_000);
  await show(part);
  await expect.element(page.getByText("Person 0", { exact: true })).toBeVisible();
  await vi.waitFor(() => expect(ask).toHaveBeenCalledWith(100, 100));
  expect(ask).not.toHaveBeenCalledWith(200, 100);
});

test("a leap leaves no empty rows while those behind it come, and waits for none for long", async () => {
  const { page: held, arrive } = heldBehind(100);
  const part = <BigGrid label="People" count={1_000} columns={columns} of={["leap"]} page={held} />;
  await show(part);
  await expect.element(page.getByText("Person 0", { exact: true })).toBeVisible();
  (page.getByRole("grid", { name: "People" }).element() as HTMLElement).focus();
  const kept = new Promise<boolean>((resolve) => {
    const seen = new MutationObserver(() => {
      seen.disconnect();
      resolve(document.body.textContent?.includes("Person 3") ?? false);
    });
    seen.observe(document.body, { subtree: true, attributes: true, childList: true, characterData: true });
  });
  await userEvent.keyboard("{End}");
  expect(await kept).toBe(true);
  await expect.element(page.getByText("Person 3", { exact: true })).not.toBeInTheDocument();
  arrive();
  await expect.element(page.getByText("Person 999", { exact: true })).toBeVisible();
});

test("nobody is a table of nobody, and nothing is asked for", async () => {
  const { ask, part } = grid(0);
  await show(part);
  await expect.element(page.getByRole("grid", { name: "People" })).toHaveAttribute("aria-rowcount", "1");
  expect(ask).not.toHaveBeenCalled();
});

test("a page that cannot be had says so, and asked for again is there", async () => {
  let isGone = true;
  const part = (
    <BigGrid
      label="People"
      count={10}
      columns={columns}
      of={["broken"]}
      page={(first, length) => (isGone ? Promise.reject(new Error("gone")) : fetched(first, length))}
    />
  );
  await show(part);
  await expect.element(page.getByRole("alert")).toBeVisible();
  isGone = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.element(page.getByText("Person 9", { exact: true })).toBeVisible();
  await expect.element(page.getByRole("alert")).not.toBeInTheDocument();
});

test("whoever is led to the rows goes on in them, once", async () => {
  const taken = vi.fn();
  const part = (
    <BigGrid
      label="People"
      count={10}
      columns={columns}
      of={["led"]}
      page={fetched}
      takesFocus
      onFocusTaken={taken}
    />
  );
  await show(part);
  await expect.element(page.getByRole("grid", { name: "People" })).toHaveFocus();
  expect(taken).toHaveBeenCalledTimes(1);
});

test("a click on the column that leads somewhere opens the row, another click does not", async () => {
  const opened = vi.fn();
  const linked = columns.map((column) => (column.id === "name" ? { ...column, isLink: true } : column));
  await show(
    <BigGrid label="People" count={5} columns={linked} of={["linked"]} page={fetched} onOpen={opened} />,
  );
  await page.getByText("3", { exact: true }).click();
  expect(opened).not.toHaveBeenCalled();
  await page.getByText("Person 3").click();
  expect(opened).toHaveBeenCalledWith({ at: 3 });
});

test("no row looks chosen before somebody is in the table", async () => {
  const { part } = grid(5);
  await show(part);
  const row = page.getByRole("row", { name: "Person 0" });
  await expect.element(row).toBeVisible();
  const before = getComputedStyle(row.element()).backgroundColor;
  await userEvent.tab();
  await vi.waitFor(() => expect(getComputedStyle(row.element()).backgroundColor).not.toBe(before));
});
