// The people of a plan: by verdict, by reason, by key; and one of them explained.

import { DialogContainer, Picker, PickerItem, SearchField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend } from "../../backend/call";
import type { PeopleFilter, Person, PlanSummary } from "../../backend/types";
import { VerdictLight } from "../../parts/Badges";
import { BigGrid, type GridColumn } from "../../parts/grid/BigGrid";
import { PersonDialog } from "../../parts/PersonDialog";
import { Answer, Empty } from "../../parts/States";
import { PEOPLE_LIFE } from "../../state/queries";
import { useSettled } from "../../state/settled";
import { words } from "../../words";
import { count } from "../../words/format";
import { reasonName } from "../runs/outcomes";
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
}

export function PlanPeople({ sync, plan, filter, setFilter }: PlanPeopleProps) {
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState<Person | null>(null);
  const search = useSettled(typed, 250);
  const wanted: PeopleFilter = { ...filter, search: search === "" ? null : search };
  const key = ["people", sync, plan.digest, wanted] as const;
  const total = useQuery({
    queryKey: [...key, "total"],
    gcTime: PEOPLE_LIFE,
    placeholderData: keepPreviousData,
    queryFn: async () => (await backend.people(sync, plan.digest, wanted, 0, 1)).total,
  });
  const steps = stepsOf(plan.people).filter((step) => step.value > 0);
  const chosen = filter.list ? `list/${filter.list}` : (filter.reason ?? filter.verdict ?? ALL);
  const choose = (id: string) => {
    const step = steps.find((one) => one.id === id);
    setFilter(step?.filter ?? (id === JOINS ? { list: "add" } : id === LEAVES ? { list: "remove" } : {}));
  };
  const item = (id: string, name: string, value: number) => (
    <PickerItem key={id} id={id} textValue={name}>
      {`${name} (${count(value)})`}
    </PickerItem>
  );
  return (
    <>
      <div className={style({ display: "flex", flexWrap: "wrap", gap: 16, alignItems: "end" })}>
        <Picker
          label={t.verdict}
          selectedKey={chosen}
          onSelectionChange={(id) => choose(String(id))}
          styles={style({ width: 320 })}
        >
          {[
            item(ALL, t.everyone, plan.people.rows),
            ...steps.map((step) => item(step.id, step.name, step.value)),
            ...(plan.list === null || plan.list.add === 0
              ? []
              : [item(JOINS, words.preview.joins, plan.list.add)]),
            ...(plan.list === null || plan.list.remove === 0
              ? []
              : [item(LEAVES, t.leaves, plan.list.remove)]),
          ]}
        </Picker>
        <SearchField label={t.searchKey} value={typed} onChange={setTyped} styles={style({ width: 320 })} />
      </div>
      <Answer of={total}>
        {(found) =>
          found === 0 ? (
            <Empty title={t.nobodyTitle}>{t.nobodyText}</Empty>
          ) : (
            <>
              <p className={style({ font: "body-sm", color: "neutral-subdued", margin: 0 })}>{t.openHint}</p>
              <div className={style({ height: 420 })}>
                <BigGrid
                  key={JSON.stringify(wanted)}
                  label={words.preview.everyone}
                  count={found}
                  columns={COLUMNS}
                  of={key}
                  page={async (first, length) =>
                    (await backend.people(sync, plan.digest, wanted, first, length)).people
                  }
                  onOpen={setOpened}
                />
              </div>
            </>
          )
        }
      </Answer>
      <DialogContainer onDismiss={() => setOpened(null)}>
        {opened === null ? null : <PersonDialog person={opened} close={() => setOpened(null)} />}
      </DialogContainer>
    </>
  );
}

const COLUMNS: GridColumn<Person>[] = [
  {
    id: "row",
    name: t.row,
    width: 86,
    align: "end",
    cell: (person) => (person.row === null ? "" : count(person.row)),
  },
  {
    id: "key",
    name: t.key,
    width: 200,
    grows: true,
    cell: (person) => person.key ?? person.explain.raw ?? "",
  },
  {
    id: "verdict",
    name: t.verdict,
    width: 130,
    cell: (person) => (person.verdict === null ? t.leaves : <VerdictLight verdict={person.verdict} />),
  },
  { id: "list", name: t.list, width: 110, cell: (person) => t.acts[person.list] },
  {
    id: "reason",
    name: t.reason,
    width: 200,
    grows: true,
    cell: (person) =>
      person.reason === null ? "" : `${reasonName(person.reason.code)}: ${person.reason.message}`,
  },
  { id: "lead", name: t.lead, width: 110, align: "end", cell: (person) => person.lead_id ?? "" },
];
