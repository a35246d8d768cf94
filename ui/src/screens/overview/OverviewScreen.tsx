// What runs, what needs you, how fresh everything is, and how the last runs went; for
// somebody who has nothing yet, where to begin.

import { Button, Link } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { backend } from "../../backend/call";
import { problemOf } from "../../backend/problem";
import type { RunReport, StartState, Sync } from "../../backend/types";
import { isOver, RunStateLight } from "../../parts/Badges";
import { Page } from "../../parts/Page";
import { Panel, Panels, Quiet } from "../../parts/Panel";
import { TaskProgress } from "../../parts/Progress";
import { Soon } from "../../parts/Soon";
import { Answer, Loading, ProblemNote } from "../../parts/States";
import {
  useAudiences,
  useConnections,
  useCurrentRuns,
  useDestinations,
  useRuns,
  useSyncs,
} from "../../state/queries";
import { go, to } from "../../state/route";
import { useUnderway } from "../../state/tasks";
import { words } from "../../words";
import { PREVIEW, readingLabel } from "../preview/reading";
import { RunProgressBar } from "../runs/RunProgressBar";
import { FirstStart } from "./FirstStart";
import { FreshnessPanel } from "./FreshnessPanel";
import { GetStarted } from "./GetStarted";
import { LastAlerts } from "./LastAlerts";
import { LastRuns } from "./LastRuns";
import { NeedsYou } from "./NeedsYou";
import { SampleNote } from "./SampleNote";

const t = words.overview;

export function OverviewScreen({ start }: { start: StartState & { state: "open" } }) {
  const audiences = useAudiences();
  const connections = useConnections();
  const current = useCurrentRuns();
  const runs = useRuns(null);
  const destinations = useDestinations();
  const syncs = useSyncs();
  const [held, setHeld] = useState(false);
  if (audiences.data === undefined || connections.data === undefined) {
    const failed = [audiences, connections].find((one) => one.isError);
    return failed === undefined ? (
      <Loading />
    ) : (
      <Page title={t.title}>
        <ProblemNote problem={problemOf(failed.error)} />
      </Page>
    );
  }
  if (held || (audiences.data.length === 0 && connections.data.length === 0)) {
    return <FirstStart hold={setHeld} />;
  }
  const ended = runs.data?.runs.filter((run) => isOver(run.state)) ?? [];
  return (
    <Page title={t.title}>
      {start.sample ? (
        <SampleNote problem={start.sample_problem} hasRun={ended.some((run) => run.sync === "Sample")} />
      ) : null}
      {runs.data?.total === 0 && !start.sample ? (
        <GetStarted
          hasConnection={connections.data.length > 0}
          hasAudience={audiences.data.length > 0}
          hasDestination={(destinations.data?.length ?? 0) > 0}
          hasSync={(syncs.data?.length ?? 0) > 0}
        />
      ) : null}
      <Panels>
        <Panel title={t.running}>
          <Answer of={current}>
            {(all) => <Running runs={all.filter((run) => !isOver(run.state))} syncs={syncs.data ?? []} />}
          </Answer>
        </Panel>
        <NeedsYou audiences={audiences.data} connections={connections.data} runs={current} syncs={syncs} />
      </Panels>
      <Panel title={t.lastRuns} note={ended.length > 1 ? t.lastRunsNote : undefined}>
        <Answer of={runs}>
          {({ total }) =>
            ended.length > 0 ? <LastRuns runs={ended} /> : <Quiet>{total > 0 ? t.noneEnded : t.noRuns}</Quiet>
          }
        </Answer>
      </Panel>
      <Soon>
        <LastAlerts subscribed={(syncs.data ?? []).some((sync) => sync.alerts.length > 0)} />
        <FreshnessPanel />
      </Soon>
    </Page>
  );
}

function Running({ runs, syncs }: { runs: readonly RunReport[]; syncs: readonly Sync[] }) {
  // Of a sync that is there no more nobody wants to know.
  const previews = useUnderway(PREVIEW).flatMap(({ thing, ...work }) => {
    const sync = syncs.find((one) => one.id === thing);
    return sync === undefined ? [] : [{ ...work, name: sync.name }];
  });
  if (runs.length + previews.length === 0) {
    return <Quiet>{t.nothingRuns}</Quiet>;
  }
  return (
    <>
      {runs.map((run) => (
        <Underway key={run.run_id} run={run} />
      ))}
      {previews.map(({ name, task, progress }) => (
        <div key={task} className={style({ display: "flex", flexDirection: "column", gap: 8 })}>
          <Link isStandalone href={to("syncs", name)}>
            {t.previewing(name)}
          </Link>
          <TaskProgress
            label={readingLabel(progress)}
            progress={progress}
            stop={() => void backend.stopTask(task)}
          />
        </div>
      ))}
    </>
  );
}

function Underway({ run }: { run: RunReport }) {
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 8 })}>
      <div className={style({ display: "flex", alignItems: "center", gap: 12 })}>
        <Link isStandalone href={to("runs", run.run_id)}>
          {run.sync}
        </Link>
        <RunStateLight state={run.state} />
        <div className={style({ flexGrow: 1 })} />
        <Button variant="secondary" size="S" onPress={() => go(to("runs", run.run_id))}>
          {t.open}
        </Button>
      </div>
      <RunProgressBar run={run} />
    </div>
  );
}
