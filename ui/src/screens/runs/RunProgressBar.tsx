// How far a run is.

import { TaskProgress } from "../../parts/Progress";
import { useLiveRuns } from "../../state/live";
import { words } from "../../words";

const t = words.runs;

export function RunProgressBar({ run }: { run: string }) {
  const pace = useLiveRuns().get(run) ?? null;
  const stage = pace?.event.stage;
  return (
    <TaskProgress label={(stage === undefined ? undefined : t.stages[stage]) ?? t.progress} progress={pace} />
  );
}
