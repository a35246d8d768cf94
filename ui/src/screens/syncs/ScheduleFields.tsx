// When a sync runs by itself: by hand only, again and again, each day, or by a crontab expression.

import { Picker, PickerItem, TextField } from "@react-spectrum/s2";
import type { Missed, Schedule } from "../../backend/types";
import { Choice } from "../../parts/Choice";
import { words } from "../../words";
import { SpanField } from "./SpanField";

const t = words.syncs.schedule;

/** What is filled in, whichever kind is chosen. */
export interface ScheduleDraft {
  kind: "none" | "every" | "daily_at" | "cron";
  number: number;
  unit: string;
  time: string;
  cron: string;
  missed: Missed;
}

const KINDS = ["none", "every", "daily_at", "cron"] as const;
const MISSED: readonly Missed[] = ["once", "skip", "all"];

export function draftOf(schedule: Schedule | null, missed: Missed): ScheduleDraft {
  const draft: ScheduleDraft = {
    kind: "none",
    number: 1,
    unit: "h",
    time: "08:00",
    cron: "0 8 * * MON-FRI",
    missed,
  };
  if (schedule === null) {
    return draft;
  }
  if ("every" in schedule) {
    return {
      ...draft,
      kind: "every",
      number: Number.parseInt(schedule.every, 10),
      unit: schedule.every.slice(-1),
    };
  }
  return "daily_at" in schedule
    ? { ...draft, kind: "daily_at", time: schedule.daily_at }
    : { ...draft, kind: "cron", cron: schedule.cron };
}

export function scheduleOf({ kind, number, unit, time, cron }: ScheduleDraft): Schedule | null {
  switch (kind) {
    case "none":
      return null;
    case "every":
      return { every: `${number}${unit}` };
    case "daily_at":
      return { daily_at: time };
    case "cron":
      return { cron };
  }
}

/** A schedule in words. */
export function scheduleText(schedule: Schedule | null): string {
  if (schedule === null) {
    return t.kinds.none;
  }
  if ("every" in schedule) {
    const { number, unit } = draftOf(schedule, "once");
    return t.every(String(number), t.units[unit] ?? unit);
  }
  return "daily_at" in schedule ? t.daily(schedule.daily_at) : t.byCron(schedule.cron);
}

export interface ScheduleFieldsProps {
  draft: ScheduleDraft;
  change: (draft: ScheduleDraft) => void;
}

export function ScheduleFields({ draft, change }: ScheduleFieldsProps) {
  return (
    <>
      <Picker
        label={t.label}
        description={t.help}
        selectedKey={draft.kind}
        onSelectionChange={(kind) => change({ ...draft, kind: kind as ScheduleDraft["kind"] })}
      >
        {KINDS.map((kind) => (
          <PickerItem key={kind} id={kind}>
            {t.kinds[kind]}
          </PickerItem>
        ))}
      </Picker>
      {draft.kind === "every" ? (
        <SpanField
          label={t.number}
          number={draft.number}
          unit={draft.unit}
          onNumber={(number) => change({ ...draft, number })}
          onUnit={(unit) => change({ ...draft, unit })}
        />
      ) : null}
      {draft.kind === "daily_at" ? (
        <TextField
          isRequired
          label={t.time}
          description={t.timeHelp}
          value={draft.time}
          onChange={(time) => change({ ...draft, time })}
        />
      ) : null}
      {draft.kind === "cron" ? (
        <TextField
          isRequired
          label={t.cron}
          description={t.cronHelp}
          value={draft.cron}
          onChange={(cron) => change({ ...draft, cron })}
        />
      ) : null}
      {draft.kind === "none" ? null : (
        <Picker
          label={t.missed}
          selectedKey={draft.missed}
          onSelectionChange={(missed) => change({ ...draft, missed: missed as Missed })}
        >
          {MISSED.map((one) => (
            <Choice key={one} id={one} name={t.missedKinds[one]} />
          ))}
        </Picker>
      )}
    </>
  );
}
