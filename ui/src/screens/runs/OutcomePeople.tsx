// Every person of a run: by outcome, by reason, by what somebody searches for; and what
// happened to one of them.

import { DialogContainer, Picker, PickerItem, SearchField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend } from "../../backend/call";
import type { Outcome, OutcomeFilter, PersonOutcome, RunReport } from "../../backend/types";
import { OutcomeLight } from "../../parts/Badges";
import { BigGrid, type GridColumn } from "../../parts/grid/BigGrid";
import { PersonDialog } from "../../parts/PersonDialog";
import { Answer, Empty } from "../../parts/States";
import { PEOPLE_LIFE } from "../../state/queries";
import { useSettled } from "../../state/settled";
import { words } from "../../words";
import { count } from "../../words/format";
import { outcomesOf, reasonName } from "./outcomes";

const t = words.people;
const ALL = "all";

export interface OutcomePeopleProps {
  report: RunReport;
  filter: OutcomeFilter;
  setFilter: (filter: OutcomeFilter) => void;
}

export function OutcomePeople({ report, filter, setFilter }: OutcomePeopleProps) {
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState<PersonOutcome | null>(null);
  const search = useSettled(typed, 250);
  const wanted: OutcomeFilter = { ...filter, search: search === "" ? null : search };
  const key = ["outcomes", report.run_id, report.finished_at, wanted] as const;
  const outcomes = outcomesOf(report.people);
  const reasons = outcomes.find((outcome) => outcome.id === filter.outcome)?.reasons ?? [];
  const total = useQuery({
    queryKey: [...key, "total"],
    gcTime: PEOPLE_LIFE,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const page = await backend.outcomes(report.run_id, wanted, 0, 1);
      return page.total ?? expected(report, wanted);
    },
  });
  return (
    <>
      <div className={style({ display: "flex", flexWrap: "wrap", gap: 16, alignItems: "end" })}>
        <Picker
          label={t.outcome}
          selectedKey={filter.outcome ?? ALL}
          onSelectionChange={(chosen) => setFilter({ outcome: chosen === ALL ? null : (chosen as Outcome) })}
        >
          {[
            <PickerItem key={ALL} id={ALL}>
              {t.everyone}
            </PickerItem>,
            ...outcomes.map((outcome) => (
              <PickerItem key={outcome.id} id={outcome.id}>
                {`${outcome.name} (${count(outcome.value)})`}
              </PickerItem>
            )),
          ]}
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
              <PickerItem key={ALL} id={ALL}>
                {t.allReasons}
              </PickerItem>,
              ...reasons.map(([reason, value]) => (
                <PickerItem key={reason} id={reason}>
                  {`${reasonName(reason)} (${count(value)})`}
                </PickerItem>
              )),
            ]}
          </Picker>
        )}
        <SearchField label={t.search} value={typed} onChange={setTyped} styles={style({ width: 320 })} />
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
                  label={words.runs.peopleTitle}
                  count={found}
                  columns={COLUMNS}
                  of={key}
                  page={async (first, length) =>
                    (await backend.outcomes(report.run_id, wanted, first, length)).people
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

/** How many a filter without a search finds, by the report: the backend has not counted yet. */
function expected(report: RunReport, filter: OutcomeFilter): number {
  const outcome = outcomesOf(report.people).find((one) => one.id === filter.outcome);
  if (outcome === undefined) {
    return report.rows + (report.list?.removed ?? 0);
  }
  const reason = outcome.reasons.find(([name]) => name === filter.reason);
  return reason?.[1] ?? outcome.value;
}

const COLUMNS: GridColumn<PersonOutcome>[] = [
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
    id: "outcome",
    name: t.outcome,
    width: 130,
    cell: (person) => (person.outcome === null ? t.leaves : <OutcomeLight outcome={person.outcome} />),
  },
  { id: "list", name: t.list, width: 110, cell: (person) => t.listOutcomes[person.list] },
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
