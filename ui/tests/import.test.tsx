// A file on its way in: how it is read can be chosen whatever the last look came to.

import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { ImportFile } from "../src/screens/audiences/ImportFile";
import { answerWith, problem } from "./backend";
import { show } from "./shown";

const look = (more: object) => ({
  taken_for: { format: "csv", encoding: "UTF-8", delimiter: "," },
  rows: 1,
  sheets: [],
  columns: [{ name: "email", filled: 1, examples: ["ada@example.com"] }],
  first: [["ada@example.com"]],
  quarantined: { count: 0, first: [] },
  known_name: false,
  ...more,
});

/** Offers files by their names, one after the other. */
function offers(...names: string[]) {
  const left = names.map((name, at) => ({ handle: `file-${at + 1}`, name, bytes: 100 }));
  return { waiting_file: () => left.shift() ?? null, list_audiences: () => [], stop_task: () => null };
}

test("a delimiter that leaves too many columns can be chosen again", async () => {
  answerWith({
    ...offers("spring.csv"),
    look_at_file: ({ request }) => {
      if ((request as { delimiter: string | null }).delimiter !== ";") {
        throw problem("too_many_columns", "There are 5,000 columns.");
      }
      return look({ taken_for: { format: "csv", encoding: "UTF-8", delimiter: ";" } });
    },
  });
  await show(<ImportFile />);
  await expect.element(page.getByText("There are too many columns")).toBeVisible();
  await expect.element(page.getByRole("combobox", { name: "Encoding" })).toBeVisible();
  await page.getByRole("button", { name: "Delimiter" }).click();
  await page.getByRole("option", { name: "Semicolon" }).click();
  await expect.element(page.getByRole("rowheader", { name: "email" })).toBeVisible();
  await expect.element(page.getByRole("button", { name: "Delimiter" })).toHaveTextContent("Semicolon");
});

test("the sheet of a workbook is chosen from those that have rows, and named when it is kept", async () => {
  const asked: unknown[] = [];
  answerWith({
    ...offers("people.xlsx"),
    look_at_file: ({ request }) => {
      const { sheet } = request as { sheet: string | null };
      asked.push(sheet);
      const column = { name: sheet ?? "People", filled: 1, examples: [] };
      const taken_for = { format: "xlsx", encoding: null, delimiter: null };
      return look({ taken_for, sheets: sheet === null ? ["People", "Notes"] : [], columns: [column] });
    },
    import_file: ({ request }) => {
      asked.push((request as { sheet: string | null }).sheet);
      throw problem("internal", "Not here.");
    },
  });
  await show(<ImportFile />);
  await page.getByRole("button", { name: "Sheet" }).click();
  await page.getByRole("option", { name: "Notes" }).click();
  await expect.element(page.getByRole("rowheader", { name: "Notes" })).toBeVisible();
  await page.getByRole("button", { name: "Import" }).click();
  await expect.element(page.getByText("Not here.")).toBeVisible();
  expect(asked).toEqual([null, "Notes", "Notes"]);
});

test("files that were dropped together are looked at one by one", async () => {
  answerWith({ ...offers("first.csv", "second.csv"), look_at_file: () => look({}) });
  await show(<ImportFile />);
  await expect.element(page.getByRole("heading", { name: "Import first.csv" })).toBeVisible();
  await expect.element(page.getByText("1 file waits to be looked at after this one.")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect.element(page.getByRole("heading", { name: "Import second.csv" })).toBeVisible();
});
