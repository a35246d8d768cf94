// How far a run is, and why it does not go on where it waits for a person or for Marketo.

import type { RunReport } from "../../backend/types";
import { useNow } from "../../parts/Ago";
import { TaskProgress } from "../../parts/Progress";
import { Note } from "../../parts/States";
import { nextCalls } from "../../state/callsDay";
import { useLiveRuns } from "../../state/live";
import { words } from "../../words";
import { dateTime } from "../../words/format";

const t = words.runs;

export function RunProgressBar({ run }: { run: RunReport }) {
  const pace = useLiveRuns().get(run.run_id) ?? null;
  const now = useNow();
  const stage = pace?.event.stage;
  const label = (stage === undefined ? undefined : t.stages[stage]) ?? t.progress;
  switch (run.state) {
    case "waiting_for_quota":
      return (
        <Note
          tone="notice"
          title={t.states.waiting_for_quota}
          text={t.waitingNote(dateTime(nextCalls(now)))}
        />
      );
    case "paused":
      return (
        <>
          <Note tone="informative" title={t.states.paused} text={t.pausedNote} />
          {pace === null ? null : <TaskProgress label={label} progress={pace} isHeld />}
        </>
      );
    default:
      return <TaskProgress label={label} progress={pace} />;
  }
}
