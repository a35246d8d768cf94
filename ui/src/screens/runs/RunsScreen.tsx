// All runs, newest first.

import { Button } from "@react-spectrum/s2";
import { Page } from "../../parts/Page";
import { Answer, Empty } from "../../parts/States";
import { useRuns, useSettings } from "../../state/queries";
import { go } from "../../state/route";
import { words } from "../../words";
import { RunTable } from "./RunTable";

const t = words.runs;

export function RunsScreen() {
  const runs = useRuns(null);
  const days = useSettings().data?.keep_values_days;
  return (
    <Page title={t.title} subtitle={days === undefined ? undefined : t.subtitle(days)}>
      <Answer of={runs}>
        {(all) =>
          all.length === 0 ? (
            <Empty
              title={t.emptyTitle}
              actions={
                <Button variant="accent" onPress={() => go("/syncs")}>
                  {words.common.goTo(words.syncs.title)}
                </Button>
              }
            >
              {t.emptyText}
            </Empty>
          ) : (
            <RunTable runs={all} />
          )
        }
      </Answer>
    </Page>
  );
}
