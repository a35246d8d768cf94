// Something that is written to a file of the person's choice: how far it is, and that it
// is there.

import { ToastQueue } from "@react-spectrum/s2";
import type { Written } from "../backend/types";
import { type Task, useTask } from "../state/tasks";
import { words } from "../words";
import { counted } from "../words/format";
import { TaskProgress } from "./Progress";
import { ProblemNote } from "./States";

const t = words.common;

/** Writing of lines of which one and several are called so. */
export function useWriting<A>(
  write: (task: string, args: A) => Promise<Written | null>,
  [one, several]: readonly [string, string],
): Task<A, Written | null> {
  return useTask(async (task, args: A) => {
    const written = await write(task, args);
    if (written !== null) {
      ToastQueue.positive(t.written(counted(written.rows, one, several), written.file), { timeout: 8000 });
    }
    return written;
  });
}

/** How far it is, once a file was chosen; and why there is none. */
export function Writing({ of: { progress, problem, stop } }: { of: Task<never, Written | null> }) {
  return (
    <>
      {progress === null ? null : <TaskProgress label={t.writing} progress={progress} stop={stop} />}
      {problem === null ? null : <ProblemNote problem={problem} />}
    </>
  );
}
