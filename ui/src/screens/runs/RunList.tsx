// The newest runs, all of them or a sync's, and earlier ones where somebody wants to see them.

import { Button } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ReactNode, useState } from "react";
import { Quiet } from "../../parts/Panel";
import { Answer, Empty } from "../../parts/States";
import { NEWEST_RUNS, useRuns } from "../../state/queries";
import { words } from "../../words";
import { count } from "../../words/format";
import { RunTable } from "./RunTable";

const t = words.runs;

/** `first` is the way to a first run. */
export function RunList({ sync, first }: { sync: string | null; first?: ReactNode }) {
  const [most, setMost] = useState(NEWEST_RUNS);
  return (
    <Answer of={useRuns(sync, most)}>
      {({ runs, total }) =>
        total === 0 ? (
          <Empty title={t.emptyTitle} actions={first}>
            {t.emptyText}
          </Empty>
        ) : (
          <>
            <RunTable runs={runs} />
            {runs.length < total ? (
              <div className={style({ display: "flex", alignItems: "center", gap: 16 })}>
                <Quiet>{t.newest(count(runs.length), count(total))}</Quiet>
                <Button variant="secondary" onPress={() => setMost(most + 2 * NEWEST_RUNS)}>
                  {t.showEarlier}
                </Button>
              </div>
            ) : null}
          </>
        )
      }
    </Answer>
  );
}
