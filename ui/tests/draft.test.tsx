// A destination that somebody has begun to change.

import { expect, test } from "vitest";
import { renderHook } from "vitest-browser-react";
import { useDraft } from "../src/screens/destinations/useDraft";

test("what was changed waits until it is saved or discarded", async () => {
  const first = await renderHook(() => useDraft(undefined, "con"));
  expect(first.result.current.isChanged).toBe(false);
  await first.act(() => first.result.current.setDraft({ ...first.result.current.draft, name: "EMEA" }));
  await first.unmount();

  const again = await renderHook(() => useDraft(undefined, "con"));
  expect(again.result.current.draft.name).toBe("EMEA");
  expect(again.result.current.isChanged).toBe(true);
  await again.act(() => again.result.current.discard());
  expect(again.result.current.isChanged).toBe(false);
  await again.unmount();

  const last = await renderHook(() => useDraft(undefined, "con"));
  expect(last.result.current.draft.name).toBe("");
});
