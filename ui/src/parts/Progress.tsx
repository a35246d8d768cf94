// How far something is: counts, time left, what it waits for, and a way to stop it.

import { Button, ProgressBar } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Event } from "../backend/types";
import type { Pace } from "../state/pace";
import { words } from "../words";
import { bytes, count, duration } from "../words/format";

const t = words.common;

const box = style({ display: "flex", flexDirection: "column", gap: 4, minWidth: 0 });
const line = style({ display: "flex", alignItems: "end", gap: 16 });
const note = style({
  display: "flex",
  flexWrap: "wrap",
  columnGap: 16,
  font: "body-sm",
  color: "neutral-subdued",
});

/** Stages whose counts are bytes of a file, and those whose counts are people. */
const IN_BYTES = ["importing", "looking"];
const IN_MONTHS = "exporting people, months";
const IN_PEOPLE = ["sending", "changing the list"];

function counted(event: Event): string {
  const unit = IN_BYTES.includes(event.stage) ? bytes : count;
  const counts = event.total === null ? unit(event.done) : t.of(unit(event.done), unit(event.total));
  return event.stage === IN_MONTHS ? t.months(counts) : counts;
}

/** Rate and time left, as far as they are known. They change too often to be read out. */
function notes({ event, rate, left }: Pace): string[] {
  return [
    ...(rate === null || !IN_PEOPLE.includes(event.stage) ? [] : [t.rate(count(rate))]),
    ...(left === null ? [] : [t.timeLeft(duration(left))]),
  ];
}

function waitText(event: Event | null): string {
  const what = event?.waiting_for ?? null;
  return what === null ? "" : t.waitingFor(t.waits[what] ?? what);
}

export interface TaskProgressProps {
  label: string;
  /** Nothing before the first word of it. */
  progress: Pace | null;
  /** Whether it stands still: how fast it went says nothing then. */
  isHeld?: boolean;
  stop?: () => void;
}

export function TaskProgress({ label, progress, isHeld = false, stop }: TaskProgressProps) {
  const event = progress?.event ?? null;
  const total = event?.total ?? 0;
  return (
    <div className={box}>
      <div className={line}>
        <ProgressBar
          styles={style({ width: "full", maxWidth: "full", flexGrow: 1 })}
          label={label}
          isIndeterminate={total === 0 && !isHeld}
          value={event?.done ?? 0}
          maxValue={total === 0 ? 1 : total}
          valueLabel={event === null ? "" : counted(event)}
        />
        {stop === undefined ? null : (
          <Button variant="secondary" onPress={stop}>
            {t.stop}
          </Button>
        )}
      </div>
      <div className={note}>
        {progress === null || isHeld ? null : <span>{notes(progress).join(" · ")}</span>}
        <span role="status">{isHeld ? "" : waitText(event)}</span>
      </div>
    </div>
  );
}
