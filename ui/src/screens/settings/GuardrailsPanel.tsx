// The numbers at which guardrails hold a plan back.

import { Button, ButtonGroup, Form, NumberField, ToastQueue } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { backend } from "../../backend/call";
import type { GuardrailLimits } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/States";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import type { LimitName } from "../../words/settings";

const t = words.settings;

interface Limit {
  name: LimitName;
  /** The number that is filled in; `NaN` where there is none. */
  of: (limits: GuardrailLimits) => number;
  /** The word by which the backend is told; an empty field has one too where it may be empty. */
  word: (number: number) => string;
  least: number;
  most?: number;
  step?: number;
  mayBeEmpty?: boolean;
}

const PERCENT = { least: 0.01, most: 100, step: 0.01 } as const;

const LIMITS: readonly Limit[] = [
  {
    name: "empty_audience",
    of: (limits) => limits.empty_audience,
    word: (rows) => `empty_audience=${rows}`,
    least: 1,
  },
  {
    name: "audience_shrunk",
    of: (limits) => Number.parseFloat(limits.audience_shrunk),
    word: (percent) => `audience_shrunk=${percent}%`,
    ...PERCENT,
  },
  { name: "removals", of: (limits) => limits.removals, word: (people) => `removals=${people}`, least: 0 },
  {
    name: "removals_percent",
    of: (limits) => Number.parseFloat(limits.removals_percent),
    word: (percent) => `removals=${percent}%`,
    ...PERCENT,
  },
  {
    name: "unreadable_rows",
    of: (limits) => limits.unreadable_rows,
    word: (more) => `unreadable_rows=${more}`,
    least: 0,
  },
  {
    name: "creations",
    of: (limits) => limits.creations ?? Number.NaN,
    word: (people) => (Number.isNaN(people) ? "creations=none" : `creations=${people}`),
    least: 0,
    mayBeEmpty: true,
  },
  {
    name: "quota",
    of: (limits) => Number.parseFloat(limits.quota),
    word: (percent) => `quota=${percent}%`,
    ...PERCENT,
  },
  {
    name: "plan_expired",
    of: (limits) => limits.plan_expired_minutes,
    word: (minutes) => `plan_expired=${minutes}m`,
    least: 1,
    most: 24 * 60,
  },
  {
    name: "unseen_partitions",
    of: (limits) => limits.unseen_partitions,
    word: (fewer) => `unseen_partitions=${fewer}`,
    least: 0,
  },
];

/** Each by the name that the command line knows it by. */
const USUAL = [...new Set(LIMITS.map(({ word }) => `${word(1).split("=")[0]}=default`))];

export function GuardrailsPanel({ limits }: { limits: GuardrailLimits }) {
  const [numbers, setNumbers] = useState(() => LIMITS.map((limit) => limit.of(limits)));
  const save = useDeed((guardrails: string[]) => backend.setSettings({ guardrails }));
  const number = (at: number) => numbers[at] ?? Number.NaN;
  const changed = LIMITS.flatMap((limit, at) =>
    Object.is(number(at), limit.of(limits)) ? [] : [limit.word(number(at))],
  );
  const isComplete = LIMITS.every((limit, at) => limit.mayBeEmpty === true || !Number.isNaN(number(at)));
  const submit = async (guardrails: string[]) => {
    if ((await save.run(guardrails)) !== undefined) {
      ToastQueue.positive(t.saved, { timeout: 5000 });
    }
  };
  return (
    <Panel title={t.guardrailsTitle} note={t.guardrailsNote}>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(changed);
        }}
      >
        <div
          className={style({
            display: "grid",
            gap: 16,
            gridTemplateColumns: "repeat(auto-fill, minmax(320px, 1fr))",
            alignItems: "start",
          })}
        >
          {LIMITS.map((limit, at) => (
            <NumberField
              key={limit.name}
              styles={style({ gridColumnStart: "auto", gridColumnEnd: "auto" })}
              label={t.limits[limit.name]}
              {...(t.limitHelp[limit.name] === undefined ? {} : { description: t.limitHelp[limit.name] })}
              minValue={limit.least}
              {...(limit.most === undefined ? {} : { maxValue: limit.most })}
              step={limit.step ?? 1}
              value={number(at)}
              onChange={(value) => setNumbers(numbers.with(at, value))}
            />
          ))}
        </div>
        {save.problem === null ? null : <ProblemNote problem={save.problem} />}
        <ButtonGroup>
          <Button
            type="submit"
            variant="accent"
            isDisabled={changed.length === 0 || !isComplete}
            isPending={save.busy}
          >
            {t.saveGuardrails}
          </Button>
          <Button variant="secondary" isDisabled={save.busy} onPress={() => void submit(USUAL)}>
            {t.usual}
          </Button>
        </ButtonGroup>
      </Form>
    </Panel>
  );
}
