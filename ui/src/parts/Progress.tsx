// How far something is: counts, and a way to stop it.

import { Button, ProgressBar } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Event } from "../backend/types";
import { words } from "../words";
import { bytes, count } from "../words/format";

const line = style({ display: "flex", alignItems: "end", gap: 16 });

/** Stages whose counts are bytes of a file. */
const IN_BYTES = ["importing", "looking"];

function counted(event: Event): string {
  const unit = IN_BYTES.includes(event.stage) ? bytes : count;
  if (event.total === null) {
    return unit(event.done);
  }
  return words.common.of(unit(event.done), unit(event.total));
}

export function TaskProgress({
  label,
  progress,
  stop,
}: {
  label: string;
  progress: Event | null;
  stop?: () => void;
}) {
  const known = progress !== null && progress.total !== null && progress.total > 0;
  const waits = progress?.waiting_for ?? null;
  return (
    <div className={line}>
      <ProgressBar
        styles={style({ width: "full", flexGrow: 1 })}
        label={waits === null ? label : words.common.waitingFor(waits)}
        isIndeterminate={!known}
        value={progress?.done ?? 0}
        maxValue={known ? (progress.total ?? 1) : 1}
        valueLabel={progress === null || waits !== null ? "" : counted(progress)}
      />
      {stop === undefined ? null : (
        <Button variant="secondary" onPress={stop}>
          {words.common.stop}
        </Button>
      )}
    </div>
  );
}
