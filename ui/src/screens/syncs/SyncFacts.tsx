// What a sync is set to.

import { Button } from "@react-spectrum/s2";
import type { Sync } from "../../backend/types";
import { Facts } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { useNextRun } from "../../state/queries";
import { words } from "../../words";
import { count, dateTime } from "../../words/format";
import { alertText } from "./AlertFields";
import { scheduleText } from "./ScheduleFields";

const t = words.syncs;

export function SyncFacts({ sync, edit }: { sync: Sync; edit: () => void }) {
  const next = useNextRun()(sync.name);
  return (
    <Panel
      title={t.tabs.settings}
      actions={
        <Button variant="secondary" onPress={edit}>
          {words.common.edit}
        </Button>
      }
    >
      <Facts
        lines={[
          [t.list, listOf(sync)],
          [t.mode, t.modes[sync.mode]],
          [t.onDrift, t.onDrifts[sync.on_drift]],
          [
            t.consent,
            sync.consent === null ? t.consentNone : `${sync.consent.column} = ${sync.consent.value}`,
          ],
          [t.schedule.label, scheduleText(sync.schedule)],
          [t.schedule.missed, sync.schedule === null ? null : t.schedule.missedKinds[sync.missed]],
          [t.schedule.next, next === null ? null : dateTime(next)],
          [
            words.alerts.title,
            sync.alerts.length === 0 ? words.common.none : sync.alerts.map(alertText).join(", "),
          ],
          [t.maxCreations, sync.max_creations === null ? t.maxCreationsNone : count(sync.max_creations)],
        ]}
      />
    </Panel>
  );
}

function listOf({ list }: Sync): string {
  if (list === "none") {
    return t.listNone;
  }
  return "id" in list ? t.listId(String(list.id)) : list.named.name;
}
