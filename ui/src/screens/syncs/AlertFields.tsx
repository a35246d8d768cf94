// What is told of a sync to somebody who is not there: each kind by itself, some with a limit.

import { Checkbox, CheckboxGroup, NumberField } from "@react-spectrum/s2";
import type { AlertKind } from "../../backend/types";
import { words } from "../../words";
import { SpanField } from "./SpanField";

const t = words.alerts;

const KINDS: readonly AlertKind[] = [
  "started",
  "succeeded",
  "problems",
  "failed",
  "skip-rate",
  "size",
  "delay",
];

/** What is filled in; limits stay while their kind is not chosen. */
export interface AlertDraft {
  chosen: readonly AlertKind[];
  skipRate: number;
  size: number;
  delay: number;
  unit: string;
}

/** An alert is one word: `failed`, `skip-rate=5%`, `delay=1h`. */
function parted(alert: string): readonly [AlertKind, string | undefined] {
  const [kind, limit] = alert.split("=");
  return [kind as AlertKind, limit];
}

export function alertDraftOf(alerts: readonly string[]): AlertDraft {
  const limits = new Map(alerts.map(parted));
  const number = (kind: AlertKind, fallback: number) => {
    const limit = limits.get(kind);
    return limit === undefined ? fallback : Number.parseFloat(limit);
  };
  return {
    chosen: [...limits.keys()],
    skipRate: number("skip-rate", 5),
    size: number("size", 20),
    delay: number("delay", 1),
    unit: limits.get("delay")?.slice(-1) ?? "h",
  };
}

export function alertsOf({ chosen, skipRate, size, delay, unit }: AlertDraft): string[] {
  const limits: Partial<Record<AlertKind, string>> = {
    "skip-rate": `${skipRate}%`,
    size: `${size}%`,
    delay: `${delay}${unit}`,
  };
  return KINDS.filter((kind) => chosen.includes(kind)).map((kind) => {
    const limit = limits[kind];
    return limit === undefined ? kind : `${kind}=${limit}`;
  });
}

/** An alert in words. */
export function alertText(alert: string): string {
  const [kind, limit] = parted(alert);
  return limit === undefined ? t.kinds[kind] : `${t.kinds[kind]} (${limit})`;
}

export interface AlertFieldsProps {
  draft: AlertDraft;
  change: (draft: AlertDraft) => void;
}

export function AlertFields({ draft, change }: AlertFieldsProps) {
  const has = (kind: AlertKind) => draft.chosen.includes(kind);
  return (
    <>
      <CheckboxGroup
        label={t.label}
        description={t.help}
        value={[...draft.chosen]}
        onChange={(chosen) => change({ ...draft, chosen: chosen as AlertKind[] })}
      >
        {KINDS.map((kind) => (
          <Checkbox key={kind} value={kind}>
            {t.kinds[kind]}
          </Checkbox>
        ))}
      </CheckboxGroup>
      {has("skip-rate") ? (
        <NumberField
          label={t.limits["skip-rate"] ?? ""}
          description={t.limitHelp["skip-rate"] ?? ""}
          minValue={0.01}
          step={0.01}
          value={draft.skipRate}
          onChange={(skipRate) => change({ ...draft, skipRate })}
        />
      ) : null}
      {has("size") ? (
        <NumberField
          label={t.limits.size ?? ""}
          minValue={0.01}
          step={0.01}
          value={draft.size}
          onChange={(size) => change({ ...draft, size })}
        />
      ) : null}
      {has("delay") ? (
        <SpanField
          label={t.limits.delay ?? ""}
          number={draft.delay}
          unit={draft.unit}
          onNumber={(delay) => change({ ...draft, delay })}
          onUnit={(unit) => change({ ...draft, unit })}
        />
      ) : null}
    </>
  );
}
