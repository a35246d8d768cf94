// The people of a plan or of a run: searched, shown a page at a time, and one of them
// explained. What they are chosen by stands above, and is its caller's.

import { DialogContainer, SearchField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import type { Person, PersonOutcome } from "../backend/types";
import { PEOPLE_LIFE } from "../state/queries";
import { useSettled } from "../state/settled";
import { words } from "../words";
import { count } from "../words/format";
import { reasonName } from "../words/reasons";
import { BigGrid, type GridColumn } from "./grid/BigGrid";
import { PersonDialog } from "./PersonDialog";
import { Answer, Empty } from "./States";

const t = words.people;

/** Leads somebody to the rows from where they chose which to see, however far that is. */
export function useLed(): [led: number, lead: () => void] {
  const [led, setLed] = useState(0);
  return [led, () => setLed((before) => before + 1)];
}

/** Some people, and how many there are of them. */
export interface People<T> {
  total: number;
  people: readonly T[];
}

export interface PeopleTableProps<T> {
  label: string;
  searchLabel: string;
  /** How often somebody was led here by what they chose elsewhere: they go on in the rows. */
  led: number;
  /** Names what is shown, the filter with it: pages are cached under it. */
  of: readonly unknown[];
  /** What they are chosen by. */
  filters: ReactNode;
  page: (search: string | null, first: number, length: number) => Promise<People<T>>;
  /** What was decided for a person, or what became of them. */
  status: GridColumn<T>;
  /** What that is for the place on the list. */
  place: (person: T) => string;
  /** What can be done for one of them. */
  action?: (person: T) => ReactNode;
}

export function PeopleTable<T extends Person | PersonOutcome>(props: PeopleTableProps<T>) {
  const { label, searchLabel, led, of, filters, page, status, place, action } = props;
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState<T | null>(null);
  const settled = useSettled(typed, 250);
  const search = settled === "" ? null : settled;
  const key = [...of, search] as const;
  const arrived = useRef(0);
  const total = useQuery({
    queryKey: [...key, "total"],
    queryFn: async () => (await page(search, 0, 1)).total,
    gcTime: PEOPLE_LIFE,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className={style({ display: "flex", flexWrap: "wrap", gap: 16, alignItems: "end" })}>
        {filters}
        <SearchField label={searchLabel} value={typed} onChange={setTyped} styles={style({ width: 320 })} />
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
                  key={JSON.stringify([...key, led])}
                  takesFocus={led !== arrived.current}
                  onFocusTaken={() => {
                    arrived.current = led;
                  }}
                  label={label}
                  count={found}
                  columns={columnsOf(status, place)}
                  of={key}
                  page={async (first, length) => (await page(search, first, length)).people}
                  onOpen={setOpened}
                />
              </div>
            </>
          )
        }
      </Answer>
      <DialogContainer onDismiss={() => setOpened(null)}>
        {opened === null ? null : (
          <PersonDialog person={opened} close={() => setOpened(null)} action={action?.(opened)} />
        )}
      </DialogContainer>
    </>
  );
}

function columnsOf<T extends Person | PersonOutcome>(
  status: GridColumn<T>,
  place: (person: T) => string,
): GridColumn<T>[] {
  return [
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
      cell: (person) => person.key || person.explain.raw || t.explain.noKey(count(person.row ?? 0)),
      isLink: true,
    },
    status,
    { id: "list", name: t.list, width: 110, cell: place },
    {
      id: "reason",
      name: t.reason,
      width: 200,
      grows: true,
      cell: ({ reason }) => (reason === null ? "" : reasonName(reason.code)),
    },
    { id: "lead", name: t.lead, width: 110, align: "end", cell: (person) => String(person.lead_id ?? "") },
  ];
}
