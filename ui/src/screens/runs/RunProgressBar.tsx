// How far a run is: counts, rate, time left, and what it waits for.

import { ProgressBar } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useLiveRuns } from "../../state/live";
import { words } from "../../words";
import { count, duration } from "../../words/format";

const t = words.runs;

export function RunProgressBar({ run }: { run: string }) {
  const live = useLiveRuns().get(run);
  const event = live?.event ?? null;
  const known = event !== null && event.total !== null && event.total > 0;
  const told =
    event === null
      ? ""
      : known
        ? words.common.of(count(event.done), count(event.total ?? 0))
        : count(event.done);
  const waits = event?.waiting_for ?? null;
  const notes = [
    ...(live?.rate == null ? [] : [`${t.rate}: ${count(live.rate)}`]),
    ...(live?.left == null ? [] : [`${t.left}: ${duration(live.left)}`]),
    ...(waits === null ? [] : [words.common.waitingFor(waits)]),
  ];
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 4 })}>
      <ProgressBar
        label={event === null ? t.progress : (t.stages[event.stage] ?? event.stage)}
        valueLabel={told}
        isIndeterminate={!known}
        value={event?.done ?? 0}
        maxValue={known ? (event.total ?? 1) : 1}
        styles={style({ width: "full", maxWidth: "full" })}
      />
      <div role="status" className={style({ font: "body-sm", color: "neutral-subdued", minHeight: 20 })}>
        {notes.join(" · ")}
      </div>
    </div>
  );
}
