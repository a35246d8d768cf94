// The people of a plan: by verdict, by reason, by what happens to their place on the list.

import { Picker } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { backend } from "../../backend/call";
import type { PeopleFilter, Person, PlanSummary } from "../../backend/types";
import { VerdictLight } from "../../parts/Badges";
import { Choice } from "../../parts/Choice";
import type { GridColumn } from "../../parts/grid/BigGrid";
import { PeopleTable } from "../../parts/PeopleTable";
import { words } from "../../words";
import { stepsOf } from "./steps";

const t = words.people;
const ALL = "all";
const JOINS = "list/add";
const LEAVES = "list/remove";

export interface PlanPeopleProps {
  sync: string;
  plan: PlanSummary;
  filter: PeopleFilter;
  setFilter: (filter: PeopleFilter) => void;
  led: number;
}

export function PlanPeople({ sync, plan, filter, setFilter, led }: PlanPeopleProps) {
  const steps = stepsOf(plan.people).filter((step) => step.value > 0);
  const chosen = filter.list ? `list/${filter.list}` : (filter.reason ?? filter.verdict ?? ALL);
  const choose = (id: string) => {
    const step = steps.find((one) => one.id === id);
    setFilter(step?.filter ?? (id === JOINS ? { list: "add" } : id === LEAVES ? { list: "remove" } : {}));
  };
  const joins = plan.list?.add ?? 0;
  const leaves = plan.list?.remove ?? 0;
  return (
    <PeopleTable
      label={words.preview.everyone}
      searchLabel={t.searchKey}
      led={led}
      of={["people", sync, plan.digest, filter]}
      status={STATUS}
      place={(person) => t.acts[person.list]}
      page={(search, first, length) =>
        backend.people(sync, plan.digest, { ...filter, search }, first, length)
      }
      filters={
        <Picker
          label={t.verdict}
          selectedKey={chosen}
          onSelectionChange={(id) => choose(String(id))}
          styles={style({ width: 320 })}
        >
          <Choice id={ALL} name={t.everyone} value={plan.people.rows} />
          {steps.map((step) => (
            <Choice
              key={step.id}
              id={step.id}
              name={step.name}
              value={step.value}
              help={meaning(step.filter)}
            />
          ))}
          {joins === 0 ? null : <Choice id={JOINS} name={words.preview.joins} value={joins} />}
          {leaves === 0 ? null : <Choice id={LEAVES} name={words.preview.leaves} value={leaves} />}
        </Picker>
      }
    />
  );
}

/** What people of a step have in common. */
function meaning({ reason, verdict }: PeopleFilter): string | undefined {
  return reason ? t.reasonHelp[reason] : verdict ? t.verdictHelp[verdict] : undefined;
}

const STATUS: GridColumn<Person> = {
  id: "verdict",
  name: t.verdict,
  width: 130,
  cell: (person) => (person.verdict === null ? t.leaves : <VerdictLight verdict={person.verdict} />),
};
