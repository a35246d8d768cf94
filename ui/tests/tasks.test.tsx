// Work that belongs to a thing is found again by whoever comes back to its screen.

import { Button } from "@react-spectrum/s2";
import { useEffect, useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import { freeName } from "../src/screens/syncs/SyncForm";
import { useTask, useUnderway } from "../src/state/tasks";
import { answerWith } from "./backend";
import { show } from "./shown";

/** A screen with work of its own, or of a thing. */
function Screen({ work, of }: { work: () => Promise<string>; of?: string }) {
  const task = useTask(work, of);
  return (
    <>
      <Button onPress={() => void task.run(undefined)}>Begin</Button>
      <p>{task.busy ? "It is under way" : (task.result ?? task.problem?.message ?? "Nothing yet")}</p>
    </>
  );
}

function Window({ work, of }: { work: () => Promise<string>; of?: string }) {
  const [isThere, setThere] = useState(true);
  const underway = useUnderway("preview");
  return (
    <>
      <Button onPress={() => setThere(!isThere)}>Look elsewhere</Button>
      <p>{`Under way: ${underway.map(({ thing }) => thing).join()}`}</p>
      {isThere ? <Screen work={work} {...(of === undefined ? {} : { of })} /> : null}
    </>
  );
}

function heldWork() {
  let end = (_: string) => {};
  const work = () =>
    new Promise<string>((resolve) => {
      end = resolve;
    });
  return { work, end: (answer: string) => end(answer) };
}

beforeEach(() => answerWith({}));

const press = (name: string) => page.getByRole("button", { name }).click();

test("work of a thing goes on while nobody looks, and its answer is there afterwards", async () => {
  const { work, end } = heldWork();
  await show(<Window work={work} of="preview/Newsletter" />);
  await press("Begin");
  await expect.element(page.getByText("It is under way")).toBeVisible();
  await press("Look elsewhere");
  await expect.element(page.getByText("Under way: Newsletter")).toBeVisible();
  await press("Look elsewhere");
  await expect.element(page.getByText("It is under way")).toBeVisible();
  await press("Look elsewhere");
  end("Everybody was read");
  await expect.element(page.getByText("Under way:", { exact: true })).toBeVisible();
  await press("Look elsewhere");
  await expect.element(page.getByText("Everybody was read")).toBeVisible();
});

test("work of a screen alone is forgotten with it", async () => {
  const { work, end } = heldWork();
  await show(<Window work={work} />);
  await press("Begin");
  await press("Look elsewhere");
  end("It is saved");
  await press("Look elsewhere");
  await expect.element(page.getByText("Nothing yet")).toBeVisible();
});

test("whoever leaves can still stop what is under way", async () => {
  const stopped: unknown[] = [];
  answerWith({
    stop_task: ({ task }) => {
      stopped.push(task);
      return null;
    },
  });
  function Leaving() {
    const { work } = heldWork();
    const task = useTask(work);
    useEffect(() => task.stop, [task.stop]);
    return <Button onPress={() => void task.run(undefined)}>Begin</Button>;
  }
  function Screens() {
    const [isThere, setThere] = useState(true);
    return (
      <>
        <Button onPress={() => setThere(false)}>Leave</Button>
        {isThere ? <Leaving /> : null}
      </>
    );
  }
  await show(<Screens />);
  await press("Begin");
  await press("Leave");
  await vi.waitFor(() => expect(stopped).toHaveLength(1));
});

test("a new sync has a name that is free", () => {
  const named = (...names: string[]) => names.map((name) => ({ name })) as never;
  expect(freeName("All", named())).toBe("All");
  expect(freeName("All", named("All", "All 2"))).toBe("All 3");
});
