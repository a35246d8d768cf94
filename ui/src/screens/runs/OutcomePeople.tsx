// Every person of a run: by outcome and by reason.

import { Picker, PickerItem } from "@react-spectrum/s2";
import { backend } from "../../backend/call";
import type { Outcome, OutcomeFilter, PersonOutcome, RunReport } from "../../backend/types";
import { OutcomeLight } from "../../parts/Badges";
import type { GridColumn } from "../../parts/grid/BigGrid";
import { PeopleTable } from "../../parts/PeopleTable";
import { words } from "../../words";
import { count } from "../../words/format";
import { reasonName } from "../../words/reasons";
import { outcomesOf } from "./outcomes";

const t = words.people;
const ALL = "all";

export interface OutcomePeopleProps {
  report: RunReport;
  filter: OutcomeFilter;
  setFilter: (filter: OutcomeFilter) => void;
}

export function OutcomePeople({ report, filter, setFilter }: OutcomePeopleProps) {
  const outcomes = outcomesOf(report.people);
  const reasons = outcomes.find((outcome) => outcome.id === filter.outcome)?.reasons ?? [];
  const all = (name: string) => (
    <PickerItem key={ALL} id={ALL}>
      {name}
    </PickerItem>
  );
  const item = (id: string, name: string, value: number) => (
    <PickerItem key={id} id={id}>
      {`${name} (${count(value)})`}
    </PickerItem>
  );
  return (
    <PeopleTable
      label={words.runs.peopleTitle}
      searchLabel={t.search}
      of={["outcomes", report.run_id, report.finished_at, filter]}
      status={STATUS}
      place={(person) => t.listOutcomes[person.list]}
      page={async (search, first, length) => {
        const page = await backend.outcomes(report.run_id, { ...filter, search }, first, length);
        return { total: page.total ?? expected(report, filter), people: page.people };
      }}
      filters={
        <>
          <Picker
            label={t.outcome}
            selectedKey={filter.outcome ?? ALL}
            onSelectionChange={(chosen) =>
              setFilter({ outcome: chosen === ALL ? null : (chosen as Outcome) })
            }
          >
            {[all(t.everyone), ...outcomes.map((one) => item(one.id, one.name, one.value))]}
          </Picker>
          {reasons.length === 0 ? null : (
            <Picker
              label={t.reason}
              selectedKey={filter.reason ?? ALL}
              onSelectionChange={(chosen) =>
                setFilter({ ...filter, reason: chosen === ALL ? null : String(chosen) })
              }
            >
              {[
                all(t.allReasons),
                ...reasons.map(([reason, value]) => item(reason, reasonName(reason), value)),
              ]}
            </Picker>
          )}
        </>
      }
    />
  );
}

/** How many a filter without a search finds, by the report: the backend has not counted yet. */
function expected(report: RunReport, filter: OutcomeFilter): number {
  const outcome = outcomesOf(report.people).find((one) => one.id === filter.outcome);
  if (outcome === undefined) {
    return report.rows + (report.list?.removed ?? 0);
  }
  const reason = outcome.reasons.find(([name]) => name === filter.reason);
  return reason?.[1] ?? outcome.value;
}

const STATUS: GridColumn<PersonOutcome> = {
  id: "outcome",
  name: t.outcome,
  width: 130,
  cell: (person) => (person.outcome === null ? t.leaves : <OutcomeLight outcome={person.outcome} />),
};
