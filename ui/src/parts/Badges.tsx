// Small signs that are the same on every screen.

import { Badge, StatusLight } from "@react-spectrum/s2";
import type { RunState, Verdict } from "../backend/types";
import { words } from "../words";
import type { ShownOutcome } from "../words/people";

/** A connection that leads to this machine, wherever it is named. */
export function SandboxBadge() {
  return (
    <Badge variant="cyan" fillStyle="subtle" size="S">
      {words.common.sandbox}
    </Badge>
  );
}

const STATE_LIGHTS = {
  queued: "neutral",
  refreshing: "informative",
  planning: "informative",
  held: "notice",
  sending: "informative",
  waiting_for_quota: "notice",
  paused: "neutral",
  verifying: "informative",
  completed: "positive",
  completed_with_problems: "notice",
  stopped: "neutral",
  interrupted: "negative",
  failed: "negative",
} as const satisfies Record<RunState, string>;

export function RunStateLight({ state }: { state: RunState }) {
  return <StatusLight variant={STATE_LIGHTS[state]}>{words.runs.states[state]}</StatusLight>;
}

/** States in which nothing more happens without a new command. */
export function isOver(state: RunState): boolean {
  return ["held", "completed", "completed_with_problems", "stopped", "interrupted", "failed"].includes(state);
}

const VERDICTS = {
  create: "positive",
  update: "informative",
  leave: "neutral",
  skip: "notice",
} as const satisfies Record<Verdict, string>;

export function VerdictLight({ verdict }: { verdict: Verdict }) {
  return <StatusLight variant={VERDICTS[verdict]}>{words.people.verdicts[verdict]}</StatusLight>;
}

const OUTCOMES = {
  created: "positive",
  updated: "informative",
  unchanged: "neutral",
  skipped: "notice",
  invalid: "negative",
  rejected: "negative",
  unconfirmed: "notice",
  not_sent: "cyan",
} as const satisfies Record<ShownOutcome, string>;

export function OutcomeLight({ outcome }: { outcome: ShownOutcome }) {
  return <StatusLight variant={OUTCOMES[outcome]}>{words.people.outcomes[outcome]}</StatusLight>;
}
