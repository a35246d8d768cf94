// From the audience's rows to verdicts: as bars that add up, and as the numbers.

import { Cell, Column, Row, TableBody, TableFooter, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { PeopleFilter, PlanSummary } from "../../backend/types";
import { Waterfall, type WaterfallStep } from "../../parts/charts/Waterfall";
import { Panel } from "../../parts/Panel";
import { compactHeight } from "../../parts/tables";
import { words } from "../../words";
import { count, percent } from "../../words/format";
import { stepsOf } from "./steps";

const t = words.preview;

const layout = style({
  display: "grid",
  gap: 24,
  gridTemplateColumns: { default: "minmax(0, 1fr)", lg: "minmax(0, 3fr) minmax(0, 2fr)" },
});

export function SumPanel({ plan, choose }: { plan: PlanSummary; choose: (filter: PeopleFilter) => void }) {
  const { rows } = plan.people;
  const steps = stepsOf(plan.people).filter((step) => step.value > 0);
  const whole: WaterfallStep = { id: "rows", name: t.rows, value: rows, tone: "whole" };
  const byId = new Map(steps.map((step) => [step.id, step]));
  const lines = steps.map((step) => ({ ...step, share: rows === 0 ? 0 : step.value / rows }));
  const total = steps.reduce((sum, step) => sum + step.value, 0);
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
            const step = byId.get(String(key));
            if (step !== undefined) {
              choose(step.filter);
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
                <Cell>{step.name}</Cell>
                <Cell align="end">{count(step.value)}</Cell>
                <Cell align="end">{percent(step.share)}</Cell>
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
