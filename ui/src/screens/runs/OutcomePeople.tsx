// Every person of a run: by outcome and by reason.

import { Button, Picker } from "@react-spectrum/s2";
import { backend } from "../../backend/call";
import type { OutcomeFilter, PersonOutcome, RunReport } from "../../backend/types";
import { OutcomeLight } from "../../parts/Badges";
import { Choice } from "../../parts/Choice";
import type { GridColumn } from "../../parts/grid/BigGrid";
import { PeopleTable } from "../../parts/PeopleTable";
import { words } from "../../words";
import { sum } from "../../words/format";
import { NOT_SENT, outcomeOf } from "../../words/outcomes";
import { reasonName } from "../../words/reasons";
import { outcomesOf } from "./outcomes";
import type { Retry } from "./retry";

const t = words.people;
const ALL = "all";
/** What may become of a place on the list that somebody has to look at. */
const PLACES = ["rejected", "unconfirmed", "not_sent"] as const;

export interface OutcomePeopleProps {
  report: RunReport;
  filter: OutcomeFilter;
  setFilter: (filter: OutcomeFilter) => void;
  led: number;
  /** Tries again; nothing where that cannot be. */
  retry: Retry | null;
}

export function OutcomePeople({ report, filter, setFilter, led, retry }: OutcomePeopleProps) {
  const outcomes = outcomesOf(report.people);
  const shown = outcomeOf(filter);
  const reasons =
    filter.list === "rejected"
      ? Object.entries(report.list?.rejected ?? {}).map(([reason, value]) => [reason, value ?? 0] as const)
      : (outcomes.find((outcome) => outcome.id === shown)?.reasons ?? []);
  // Who was not sent would be among them: skipped people are shown by one reason then.
  const isByReason = shown === "skipped" && report.people.skipped[NOT_SENT.reason] !== undefined;
  const toRetry = ["rejected", "unconfirmed"];
  const isToRetryAgain = toRetry.includes(filter.outcome ?? "") || toRetry.includes(filter.list ?? "");
  // Who is unconfirmed is so for one reason.
  const isUnconfirmed = filter.outcome === "unconfirmed" || filter.list === "unconfirmed";
  const reasonToRetry = isToRetryAgain ? (filter.reason ?? (isUnconfirmed ? "unconfirmed" : null)) : null;
  return (
    <PeopleTable
      label={words.runs.peopleTitle}
      searchLabel={t.search}
      led={led}
      of={["outcomes", report.run_id, report.finished_at, filter]}
      status={STATUS}
      place={(person) => t.listOutcomes[person.list]}
      action={(person) =>
        retry !== null && person.key !== null && isToRetry(person) ? (
          <Button variant="accent" isPending={retry.busy} onPress={() => void retry.run({ key: person.key })}>
            {words.runs.retryOne}
          </Button>
        ) : null
      }
      page={async (search, first, length) => {
        const page = await backend.outcomes(report.run_id, { ...filter, search }, first, length);
        return { total: page.total ?? expected(report, filter), people: page.people };
      }}
      filters={
        <>
          <Picker
            label={t.outcome}
            selectedKey={filter.list ? `list/${filter.list}` : (shown ?? ALL)}
            onSelectionChange={(chosen) => {
              const place = PLACES.find((one) => chosen === `list/${one}`);
              const outcome = outcomes.find((one) => one.id === chosen);
              setFilter(place ? { list: place } : (outcome?.filter ?? {}));
            }}
          >
            <Choice id={ALL} name={t.everyone} />
            {outcomes.map((one) => (
              <Choice
                key={one.id}
                id={one.id}
                name={one.name}
                value={one.value}
                help={t.outcomeHelp[one.id]}
              />
            ))}
            {PLACES.filter((place) => placesOf(report, place) > 0).map((place) => (
              <Choice
                key={place}
                id={`list/${place}`}
                name={`${words.runs.listTitle}: ${t.listOutcomes[place]}`}
                value={placesOf(report, place)}
              />
            ))}
          </Picker>
          {reasons.length === 0 ? null : (
            <Picker
              label={t.reason}
              selectedKey={filter.reason ?? ALL}
              onSelectionChange={(chosen) =>
                setFilter({ ...filter, reason: chosen === ALL ? null : String(chosen) })
              }
            >
              {isByReason ? [] : [<Choice key={ALL} id={ALL} name={t.allReasons} />]}
              {reasons.map(([reason, value]) => (
                <Choice
                  key={reason}
                  id={reason}
                  name={reasonName(reason)}
                  value={value}
                  help={t.reasonHelp[reason]}
                />
              ))}
            </Picker>
          )}
          {retry === null || reasonToRetry === null ? null : (
            <Button
              variant="secondary"
              isPending={retry.busy}
              onPress={() => void retry.run({ reason: reasonToRetry })}
            >
              {words.runs.retryReason}
            </Button>
          )}
        </>
      }
    />
  );
}

/** Whether trying again is for a person. */
function isToRetry({ outcome, list }: PersonOutcome): boolean {
  return [outcome, list].some((what) => what === "rejected" || what === "unconfirmed");
}

/** How many places on the list came to this. */
function placesOf({ list }: RunReport, place: (typeof PLACES)[number]): number {
  return place === "rejected" ? sum(list?.rejected) : (list?.[place] ?? 0);
}

/** How many a filter without a search finds, by the report: the backend has not counted yet. */
function expected(report: RunReport, filter: OutcomeFilter): number {
  const place = PLACES.find((one) => one === filter.list);
  if (place !== undefined) {
    const isByReason = place === "rejected" && filter.reason != null;
    return isByReason ? (report.list?.rejected[filter.reason ?? ""] ?? 0) : placesOf(report, place);
  }
  const outcome = outcomesOf(report.people).find((one) => one.id === outcomeOf(filter));
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
  cell: ({ outcome, reason }) => {
    const shown = outcomeOf({ outcome, reason: reason?.code ?? null });
    return shown === null ? t.leaves : <OutcomeLight outcome={shown} />;
  },
};
