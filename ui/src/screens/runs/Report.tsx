// The report of a run that has ended: people by outcome and reason, beside what was
// planned, and each of them by name.

import { Cell, Column, Link, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { OutcomeFilter, PeopleCounts, PlannedList, RunDetail, RunReport } from "../../backend/types";
import { Parts } from "../../parts/charts/Parts";
import { Facts } from "../../parts/Facts";
import { Panel, Panels, Quiet } from "../../parts/Panel";
import { useLed } from "../../parts/PeopleTable";
import { compactHeight } from "../../parts/tables";
import { to } from "../../state/route";
import { words } from "../../words";
import { count, counted, sum } from "../../words/format";
import { whatHappened } from "../../words/problems";
import { guardrailText } from "../preview/HeldNote";
import { skipped } from "../preview/steps";
import { OutcomePeople } from "./OutcomePeople";
import { outcomesOf, totalsOf } from "./outcomes";
import { Reasons } from "./Reasons";
import { tookOf } from "./RunTable";
import type { Retry } from "./retry";
import { summed } from "./summed";

const t = words.runs;

export function Report({ detail, retry }: { detail: RunDetail; retry: Retry }) {
  const { report } = detail;
  const outcomes = outcomesOf(report.people);
  const [filter, setFilter] = useState<OutcomeFilter>({});
  const [led, lead] = useLed();
  const wasSent = detail.was_sent;
  const choose = (next: OutcomeFilter) => {
    setFilter(next);
    lead();
  };
  return (
    <>
      <Panel
        title={t.outcomes}
        note={
          report.retry_of === null
            ? t.outcomesNote(count(report.rows))
            : t.retryNote(counted(report.rows, "person", "people"))
        }
      >
        <p className={style({ font: "title", margin: 0 })}>{summed(detail)}</p>
        <Parts label={t.outcomes} parts={outcomes.filter((outcome) => outcome.value > 0)} />
      </Panel>
      <Panels>
        <Panel title={t.compare} note={t.compareNote}>
          <Compared report={report} planned={detail.planned} plannedList={detail.planned_list} />
        </Panel>
        <Panel title={t.reasons}>
          <Reasons report={report} choose={choose} />
        </Panel>
      </Panels>
      <Panels>
        {report.list === null ? null : (
          <Panel title={t.listTitle} note={report.list.name}>
            <Facts
              lines={[
                [t.joined, count(report.list.added)],
                [t.stayed, count(report.list.kept)],
                [t.left_, count(report.list.removed)],
                [t.rejected, some(sum(report.list.rejected))],
                [t.unconfirmed, some(report.list.unconfirmed)],
                [t.notSent, some(report.list.not_sent)],
              ]}
            />
          </Panel>
        )}
        <Panel title={t.facts}>
          <Facts
            lines={[
              [t.took, tookOf(report)],
              [t.warned, report.warned === 0 ? null : count(report.warned)],
              [t.readBack, readBackOf(report)],
              [t.calls, count(report.calls)],
              [t.retries, count(report.retries)],
              [t.limit, detail.limit === null ? null : count(detail.limit)],
              [
                t.allowed,
                report.overridden.length === 0
                  ? null
                  : report.overridden
                      .map(
                        (guardrail) =>
                          `${words.preview.guardrailNames[guardrail.name]}: ${guardrailText(guardrail)}`,
                      )
                      .join(" "),
              ],
              [t.retryOf, report.retry_of === null ? null : <RunLink key="of" run={report.retry_of} />],
              [t.id, report.run_id],
            ]}
          />
        </Panel>
      </Panels>
      {wasSent ? (
        <Panel title={t.peopleTitle}>
          <OutcomePeople
            report={report}
            filter={filter}
            setFilter={setFilter}
            led={led}
            retry={detail.retryable ? retry : null}
          />
        </Panel>
      ) : null}
    </>
  );
}

/** What was read back at the run's end, and whether it was as Marketo had confirmed. */
function readBackOf({ verification, people: sent }: RunReport): string | null {
  if (verification === null) {
    return null;
  }
  if (verification.given_up !== null) {
    return `${t.notReadBack}: ${whatHappened({ code: verification.given_up })}`;
  }
  const { people, places, list_members: members, list_expected: expected } = verification;
  const { reopened, changed_meanwhile: changed } = verification;
  const all = counted(sent.created + sent.updated, "person", "people");
  return [
    people === 0 ? null : t.readBackPeople(count(people), all),
    places === 0 ? null : t.readBackPlaces(counted(places, "list member", "list members")),
    members === null
      ? null
      : expected === null || expected === members
        ? t.readBackList(counted(members, "member", "members"))
        : t.readBackExpected(counted(members, "member", "members"), count(expected)),
    reopened === 0 ? t.asConfirmed : t.sentAgain(count(reopened)),
    changed === 0 ? null : t.changedMeanwhile(counted(changed, "person", "people")),
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** A number where there is somebody; nobody is not worth a line. */
function some(value: number): string | null {
  return value === 0 ? null : count(value);
}

function RunLink({ run }: { run: string }) {
  return <Link href={to("runs", run)}>{run}</Link>;
}

interface ComparedProps {
  report: RunReport;
  planned: PeopleCounts;
  plannedList: PlannedList | null;
}

/** What the preview said, beside what happened, verdict by verdict. Who could not be sent was
    not left out by the plan, and stands by itself; lines of nobody are left away. */
export function comparedLines({ report, planned, plannedList }: ComparedProps) {
  const { people, list } = report;
  const names = words.people.outcomes;
  const { leftOut } = totalsOf(people);
  const notSent = people.skipped.not_sent ?? 0;
  const lines = [
    { id: "created", name: names.created, planned: planned.create, done: people.created },
    { id: "updated", name: names.updated, planned: planned.update, done: people.updated },
    { id: "unchanged", name: names.unchanged, planned: planned.leave, done: people.unchanged },
    { id: "left-out", name: t.leftOut, planned: skipped(planned), done: leftOut },
    { id: "not-sent", name: names.not_sent, planned: 0, done: notSent },
    { id: "rejected", name: names.rejected, planned: 0, done: sum(people.rejected) },
    { id: "unconfirmed", name: names.unconfirmed, planned: 0, done: people.unconfirmed },
    ...(list === null || plannedList === null
      ? []
      : [
          { id: "joined", name: t.joined, planned: plannedList.add, done: list.added },
          { id: "stayed", name: t.stayed, planned: plannedList.keep, done: list.kept },
          { id: "left", name: t.left_, planned: plannedList.remove, done: list.removed },
          { id: "list-rejected", name: t.place(t.rejected), planned: 0, done: sum(list.rejected) },
          { id: "list-unconfirmed", name: t.place(t.unconfirmed), planned: 0, done: list.unconfirmed },
          { id: "list-not-sent", name: t.place(t.notSent), planned: 0, done: list.not_sent },
        ]),
  ];
  return lines.filter((line) => line.planned > 0 || line.done > 0);
}

function Compared(props: ComparedProps) {
  const lines = comparedLines(props);
  if (lines.length === 0) {
    return <Quiet>{t.nobodyPlanned}</Quiet>;
  }
  return (
    <TableView
      aria-label={t.compare}
      density="compact"
      styles={style({ width: "full" })}
      UNSAFE_style={compactHeight(lines.length, 13)}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={150}>
          {words.people.outcome}
        </Column>
        <Column id="planned" align="end" width={95}>
          {t.planned}
        </Column>
        <Column id="done" align="end" width={90}>
          {t.done}
        </Column>
        <Column id="difference" align="end" width={100}>
          {t.difference}
        </Column>
      </TableHeader>
      <TableBody items={lines}>
        {(line) => (
          <Row id={line.id}>
            <Cell>{line.name}</Cell>
            <Cell align="end">{count(line.planned)}</Cell>
            <Cell align="end">{count(line.done)}</Cell>
            <Cell align="end">{signed(line.done - line.planned)}</Cell>
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}

/** A difference with its sign. */
function signed(value: number): string {
  return value === 0 ? "0" : `${value > 0 ? "+" : "−"}${count(Math.abs(value))}`;
}
