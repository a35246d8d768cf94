// Why people of a run were not delivered, or not taken by the list; each reason leads to its people.

import { Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { OutcomeFilter, RunReport } from "../../backend/types";
import { Quiet } from "../../parts/Panel";
import { RowDeed } from "../../parts/RowLink";
import { compactHeight } from "../../parts/tables";
import { words } from "../../words";
import { count } from "../../words/format";
import { NOT_SENT } from "../../words/outcomes";
import { reasonName } from "../../words/reasons";
import { outcomesOf } from "./outcomes";

const t = words.runs;

/** People of one reason, and how they are found. */
interface ReasonLine {
  id: string;
  reason: string;
  outcome: string;
  value: number;
  filter: OutcomeFilter;
}

export function reasonLines(report: RunReport): ReasonLine[] {
  const people = outcomesOf(report.people).flatMap(({ id, name, reasons, filter }) =>
    reasons.map(([reason, value]) => ({
      id: `${id}/${reason}`,
      reason,
      outcome: name,
      value,
      filter: { ...filter, reason },
    })),
  );
  const places = Object.entries(report.list?.rejected ?? {}).map(([reason, value]) => ({
    id: `list/${reason}`,
    reason,
    outcome: t.place(t.rejected),
    value: value ?? 0,
    filter: { list: "rejected" as const, reason },
  }));
  const notSent = report.people.skipped[NOT_SENT.reason] ?? 0;
  const waits: ReasonLine = {
    id: NOT_SENT.reason,
    reason: NOT_SENT.reason,
    outcome: words.people.outcomes.not_sent,
    value: notSent,
    filter: NOT_SENT,
  };
  return [...people, ...(notSent > 0 ? [waits] : []), ...places];
}

/** Why people of a run were not sent, by how it ended. */
function whyNotSent({ state }: RunReport): string {
  return t.whyNotSent[state] ?? reasonName(NOT_SENT.reason);
}

export function Reasons({ report, choose }: { report: RunReport; choose: (filter: OutcomeFilter) => void }) {
  const lines = reasonLines(report);
  const byId = new Map(lines.map((line) => [line.id, line]));
  const nameOf = (reason: string) => (reason === NOT_SENT.reason ? whyNotSent(report) : reasonName(reason));
  if (lines.length === 0) {
    return <Quiet>{t.nobodyLeftOut}</Quiet>;
  }
  return (
    <TableView
      aria-label={t.reasons}
      density="compact"
      styles={style({ width: "full" })}
      UNSAFE_style={compactHeight(lines.length, 7)}
      onAction={(key) => {
        const line = byId.get(String(key));
        if (line !== undefined) {
          choose(line.filter);
        }
      }}
    >
      <TableHeader>
        <Column id="reason" isRowHeader minWidth={190}>
          {words.people.reason}
        </Column>
        <Column id="outcome" width={115}>
          {words.people.outcome}
        </Column>
        <Column id="value" align="end" width={90}>
          {words.preview.people}
        </Column>
      </TableHeader>
      <TableBody items={lines}>
        {(line) => (
          <Row id={line.id}>
            <Cell textValue={nameOf(line.reason)}>
              <RowDeed>{nameOf(line.reason)}</RowDeed>
            </Cell>
            <Cell>{line.outcome}</Cell>
            <Cell align="end">{count(line.value)}</Cell>
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}
