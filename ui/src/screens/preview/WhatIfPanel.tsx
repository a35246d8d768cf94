// Other settings, tried on what is known: the counts move, nothing is read, kept or sent.

import { Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { backend } from "../../backend/call";
import { problemOf } from "../../backend/problem";
import type { Destination, PersonAction, PlanSummary, Sync, SyncType, WhatIf } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/States";
import { words } from "../../words";
import { count } from "../../words/format";
import { skipped } from "./steps";

const t = words.preview;
const SYNC_TYPES: SyncType[] = ["profile-only", "audience-only", "audience-and-profile"];
const ACTIONS: PersonAction[] = ["update-existing", "update-and-create"];

/** With more rows, trying one takes so long that another would be in its way. */
const TRIED_AHEAD = 2_000_000;

const grid = style({
  display: "grid",
  gridTemplateColumns: "repeat(auto-fit, minmax(104px, 1fr))",
  gap: 16,
  margin: 0,
});
const term = style({ font: "body-sm", color: "neutral-subdued" });
const number = style({ font: "heading", margin: 0 });
const change = style({ font: "body-sm", margin: 0, color: "neutral-subdued" });

export function WhatIfPanel({
  sync,
  destination,
  plan,
}: {
  sync: Sync;
  destination: Destination;
  plan: PlanSummary;
}) {
  const [syncType, setSyncType] = useState(destination.sync_type);
  const [action, setAction] = useState(destination.person_action);
  const isSaved = syncType === destination.sync_type && action === destination.person_action;
  const client = useQueryClient();
  const trying = (wish: WhatIf) =>
    queryOptions({
      queryKey: ["what-if", sync.id, plan.digest, wish],
      queryFn: () => backend.whatIf(sync.name, wish),
    });
  const tried = useQuery({
    ...trying({ sync_type: syncType, person_action: action }),
    enabled: !isSaved,
    placeholderData: keepPreviousData,
  });
  // While somebody reads what there is to choose, it is tried, one after the other.
  const tryAhead = async (wishes: WhatIf[]) => {
    for (const wish of plan.audience.rows <= TRIED_AHEAD ? wishes : []) {
      if (wish.sync_type !== destination.sync_type || wish.person_action !== destination.person_action) {
        await client.prefetchQuery(trying(wish));
      }
    }
  };
  const now = isSaved ? undefined : tried.data;
  const lines: [string, number, number | undefined][] = [
    [words.people.verdicts.create, plan.people.create, now?.people.create],
    [words.people.verdicts.update, plan.people.update, now?.people.update],
    [words.people.verdicts.leave, plan.people.leave, now?.people.leave],
    [words.people.verdicts.skip, skipped(plan.people), now === undefined ? undefined : skipped(now.people)],
    [t.joins, plan.list?.add ?? 0, now === undefined ? undefined : (now.list?.add ?? 0)],
    [t.leaves, plan.list?.remove ?? 0, now === undefined ? undefined : (now.list?.remove ?? 0)],
    [t.calls, plan.cost.calls, now?.calls],
  ];
  return (
    <Panel title={t.whatIf} note={t.whatIfNote}>
      <div className={style({ display: "flex", flexWrap: "wrap", gap: 16 })}>
        <Picker
          label={words.destinations.syncType}
          selectedKey={syncType}
          onSelectionChange={(key) => setSyncType(key as SyncType)}
          onOpenChange={(isOpen) => {
            if (isOpen) {
              void tryAhead(SYNC_TYPES.map((type) => ({ sync_type: type, person_action: action })));
            }
          }}
          styles={style({ width: 280 })}
        >
          {SYNC_TYPES.map((type) => (
            <PickerItem key={type} id={type}>
              {words.destinations.syncTypes[type]}
            </PickerItem>
          ))}
        </Picker>
        <Picker
          label={words.destinations.personAction}
          selectedKey={action}
          onSelectionChange={(key) => setAction(key as PersonAction)}
          onOpenChange={(isOpen) => {
            if (isOpen) {
              void tryAhead(ACTIONS.map((one) => ({ sync_type: syncType, person_action: one })));
            }
          }}
          styles={style({ width: 340 })}
        >
          {ACTIONS.map((one) => (
            <PickerItem key={one} id={one}>
              {words.destinations.personActions[one]}
            </PickerItem>
          ))}
        </Picker>
      </div>
      {tried.isError && !isSaved ? <ProblemNote problem={problemOf(tried.error)} /> : null}
      <dl className={grid} aria-live="polite">
        {lines.map(([name, saved, with_]) => (
          <div key={name}>
            <dt className={term}>{name}</dt>
            <dd className={number}>{count(with_ ?? saved)}</dd>
            <dd className={change}>{difference(saved, with_)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function difference(saved: number, tried: number | undefined): string {
  if (tried === undefined) {
    return "";
  }
  if (tried === saved) {
    return t.same;
  }
  return tried > saved ? t.more(count(tried - saved)) : t.fewer(count(saved - tried));
}
