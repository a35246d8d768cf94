// From the audience's rows to verdicts: as bars that add up, and as the numbers.

import { Cell, Column, Row, TableBody, TableFooter, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { PeopleFilter, PlanSummary } from "../../backend/types";
import { Waterfall, type WaterfallStep } from "../../parts/charts/Waterfall";
import { Panel } from "../../parts/Panel";
import { RowDeed } from "../../parts/RowLink";
import { compactHeight } from "../../parts/tables";
import { Unseen } from "../../parts/Unseen";
import { words } from "../../words";
import { count, percent } from "../../words/format";
import { type Step, stepsOf } from "./steps";

const t = words.preview;

const part = style({ paddingStart: 16 });
const layout = style({
  display: "grid",
  gap: 24,
  gridTemplateColumns: { default: "minmax(0, 1fr)", lg: "minmax(0, 3fr) minmax(0, 2fr)" },
});

interface Line {
  id: string;
  name: string;
  value: number;
  filter: PeopleFilter;
  /** It is counted in the line of all who are left out. */
  isPart: boolean;
}

/** The verdicts as in the chart, those who are left out together, with their reasons below. */
function linesOf(steps: readonly Step[]): Line[] {
  const reasons = steps.filter(({ filter }) => filter.verdict === "skip");
  const line = (step: Step, isPart: boolean): Line => ({ ...step, isPart });
  const all: Line = {
    id: "skip",
    name: words.people.verdicts.skip,
    value: reasons.reduce((sum, { value }) => sum + value, 0),
    filter: { verdict: "skip" },
    isPart: false,
  };
  return [
    ...(reasons.length < 2
      ? reasons.map((step) => line(step, false))
      : [all, ...reasons.map((step) => line(step, true))]),
    ...steps.filter(({ filter }) => filter.verdict !== "skip").map((step) => line(step, false)),
  ];
}

export function SumPanel({ plan, choose }: { plan: PlanSummary; choose: (filter: PeopleFilter) => void }) {
  const { rows } = plan.people;
  const steps = stepsOf(plan.people).filter((step) => step.value > 0);
  const whole: WaterfallStep = { id: "rows", name: t.rows, value: rows, tone: "whole" };
  const total = steps.reduce((sum, step) => sum + step.value, 0);
  const lines = linesOf(steps);
  return (
    <Panel title={t.sum} note={t.sumNote}>
      <div className={layout}>
        <Waterfall label={t.sumLabel(count(rows))} whole={whole} parts={steps} />
        <TableView
          aria-label={t.sum}
          density="compact"
          styles={style({ width: "full" })}
          UNSAFE_style={compactHeight(lines.length, 12, 1)}
          onAction={(key) => {
            const line = lines.find(({ id }) => id === key);
            if (line !== undefined) {
              choose(line.filter);
            }
          }}
        >
          <TableHeader>
            <Column id="name" isRowHeader minWidth={140}>
              {words.people.verdict}
            </Column>
            <Column id="people" align="end" width={95}>
              {t.people}
            </Column>
            <Column id="share" align="end" width={85}>
              {t.share}
            </Column>
          </TableHeader>
          <TableBody items={lines}>
            {(step) => (
              <Row id={step.id}>
                <Cell textValue={step.name}>
                  <span className={step.isPart ? part : undefined}>
                    {step.isPart ? <Unseen>{t.ofThem}</Unseen> : null}
                    <RowDeed>{step.name}</RowDeed>
                  </span>
                </Cell>
                <Cell align="end">{count(step.value)}</Cell>
                <Cell align="end">{percent(rows === 0 ? 0 : step.value / rows)}</Cell>
              </Row>
            )}
          </TableBody>
          <TableFooter>
            <Row id="total">
              <Cell>{t.total}</Cell>
              <Cell align="end">{count(total)}</Cell>
              <Cell align="end">{percent(rows === 0 ? 0 : total / rows)}</Cell>
            </Row>
          </TableFooter>
        </TableView>
      </div>
    </Panel>
  );
}
