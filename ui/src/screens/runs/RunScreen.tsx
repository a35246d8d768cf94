// One run: how far it is while it goes on, and its report once it has ended.

import { Button, ButtonGroup, ToastQueue } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { backend } from "../../backend/call";
import type { RunDetail } from "../../backend/types";
import { isOver, RunStateLight } from "../../parts/Badges";
import { Figures } from "../../parts/Facts";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Answer, ProblemNote } from "../../parts/States";
import { useRun } from "../../state/queries";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { count, counted, dateTime } from "../../words/format";
import { outcomesOf } from "./outcomes";
import { Report } from "./Report";
import { RunNote } from "./RunNote";
import { RunProgressBar } from "./RunProgressBar";

const t = words.runs;

/** While a run goes on its counts are read so often, in milliseconds. */
const LOOK_EVERY = 1000;

export function RunScreen({ run }: { run: string }) {
  const first = useRun(run);
  const goesOn = first.data !== undefined && !isOver(first.data.report.state);
  const found = useRun(run, goesOn ? LOOK_EVERY : false);
  return <Answer of={found}>{(detail) => <One detail={detail} />}</Answer>;
}

function One({ detail }: { detail: RunDetail }) {
  const { report } = detail;
  const stop = useDeed(backend.stopRun);
  const resume = useDeed(backend.resumeRun);
  const save = useDeed(backend.exportRun);
  const over = isOver(report.state);
  const write = async () => {
    const written = await save.run(report.run_id);
    if (written) {
      ToastQueue.positive(words.common.written(counted(written.rows, "person", "people"), written.file), {
        timeout: 8000,
      });
    }
  };
  const problems = [stop.problem, resume.problem, save.problem];
  return (
    <Page
      title={report.sync}
      subtitle={
        <span className={style({ display: "flex", gap: 16, alignItems: "center" })}>
          <RunStateLight state={report.state} />
          {dateTime(report.started_at)}
        </span>
      }
      actions={
        <ButtonGroup>
          {over ? (
            <>
              <Button variant="secondary" onPress={() => go(to("syncs", report.sync))}>
                {t.seePreview}
              </Button>
              <Button variant="secondary" isPending={save.busy} onPress={() => void write()}>
                {t.export}
              </Button>
            </>
          ) : (
            <Button variant="negative" isPending={stop.busy} onPress={() => void stop.run(report.run_id)}>
              {t.stop}
            </Button>
          )}
          {detail.resumable ? (
            <Button variant="accent" isPending={resume.busy} onPress={() => void resume.run(report.run_id)}>
              {t.resume}
            </Button>
          ) : null}
        </ButtonGroup>
      }
    >
      {problems.map((problem) =>
        problem === null ? null : <ProblemNote key={problem.code} problem={problem} />,
      )}
      {over ? (
        <>
          <RunNote detail={detail} />
          <Report detail={detail} />
        </>
      ) : (
        <Underway detail={detail} />
      )}
    </Page>
  );
}

function Underway({ detail }: { detail: RunDetail }) {
  const { report } = detail;
  const done = outcomesOf(report.people).filter((outcome) =>
    ["created", "updated", "rejected", "unconfirmed"].includes(outcome.id),
  );
  return (
    <>
      <Panel title={t.progress}>
        <RunProgressBar run={report.run_id} />
      </Panel>
      <Panel title={t.soFar} note={t.noPeople}>
        <Figures
          all={[
            ...done.map((outcome) => [outcome.name, count(outcome.value)] as const),
            ...(report.list === null ? [] : [[t.joined, count(report.list.added)] as const]),
          ]}
        />
      </Panel>
    </>
  );
}
