// What a sync is set to.

import { Button } from "@react-spectrum/s2";
import type { Sync } from "../../backend/types";
import { Facts } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { words } from "../../words";
import { count } from "../../words/format";

const t = words.syncs;

export function SyncFacts({ sync, edit }: { sync: Sync; edit: () => void }) {
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
          [t.maxCreations, sync.max_creations === null ? words.common.none : count(sync.max_creations)],
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
