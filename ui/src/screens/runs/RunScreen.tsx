// One run: how far it is while it goes on, and its report once it has ended.

import { Button, ButtonGroup, Menu, MenuItem, MenuTrigger, Text } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { backend } from "../../backend/call";
import type { RunDetail, Transition } from "../../backend/types";
import { isOver, RunStateLight } from "../../parts/Badges";
import { Figures } from "../../parts/Facts";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Answer, Concerned, ProblemNote } from "../../parts/States";
import { useWriting, Writing } from "../../parts/Writing";
import { useDestinations, useRun, useSyncs } from "../../state/queries";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { count, dateTime } from "../../words/format";
import { outcomesOf } from "./outcomes";
import { Report } from "./Report";
import { RunNote } from "./RunNote";
import { RunProgressBar } from "./RunProgressBar";
import { useRetry } from "./retry";

const t = words.runs;

/** While a run goes on its counts are read so often, in milliseconds. */
const LOOK_EVERY = 1000;

/** Whom a file is of: everybody, or those who leave the run by one of its two ways out. */
type Way = "everyone" | Transition;
const WAYS: readonly Way[] = ["everyone", "delivered", "not_deliverable"];

export function RunScreen({ run }: { run: string }) {
  const first = useRun(run);
  const goesOn = first.data !== undefined && !isOver(first.data.report.state);
  const found = useRun(run, goesOn ? LOOK_EVERY : false);
  const syncs = useSyncs();
  const destinations = useDestinations();
  return (
    <Answer of={found} screen={words.runs.title}>
      {(detail) => {
        const sync = syncs.data?.find((one) => one.name === detail.report.sync);
        const destination = destinations.data?.find((one) => one.id === sync?.destination);
        return (
          <Concerned value={{ syncs: sync?.name, destinations: destination?.name }}>
            <One detail={detail} />
          </Concerned>
        );
      }}
    </Answer>
  );
}

function One({ detail }: { detail: RunDetail }) {
  const { report } = detail;
  const stop = useDeed(backend.stopRun);
  const hold = useDeed((holds: boolean) => backend.holdRun(report.run_id, holds));
  const isPaused = report.state === "paused";
  const resume = useDeed(backend.resumeRun);
  const retry = useRetry(report.run_id);
  const save = useWriting(
    (task, way: Way) => backend.exportRun(task, report.run_id, way === "everyone" ? {} : { transition: way }),
    ["person", "people"],
  );
  const over = isOver(report.state);
  const problems = [stop.problem, hold.problem, resume.problem, retry.problem];
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
              {detail.was_sent ? (
                <MenuTrigger>
                  <Button variant="secondary" isPending={save.busy}>
                    {t.export}
                  </Button>
                  <Menu onAction={(key) => void save.run(WAYS.find((way) => way === key) ?? "everyone")}>
                    {WAYS.map((way) => (
                      <MenuItem key={way} id={way} textValue={t.ways[way]}>
                        <Text slot="label">{t.ways[way]}</Text>
                        <Text slot="description">{t.waysHelp[way]}</Text>
                      </MenuItem>
                    ))}
                  </Menu>
                </MenuTrigger>
              ) : null}
            </>
          ) : (
            <>
              <Button variant="secondary" isPending={stop.busy} onPress={() => void stop.run(report.run_id)}>
                {t.stop}
              </Button>
              <Button
                variant={isPaused ? "accent" : "secondary"}
                isPending={hold.busy}
                onPress={() => void hold.run(!isPaused)}
              >
                {isPaused ? t.resume : t.pause}
              </Button>
            </>
          )}
          {detail.retryable ? (
            <Button variant="secondary" isPending={retry.busy} onPress={() => void retry.run({})}>
              {t.retry}
            </Button>
          ) : null}
          {detail.resumable && report.state !== "completed_with_problems" ? (
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
      <Writing of={save} />
      {over ? (
        <>
          <RunNote detail={detail} />
          <Report detail={detail} retry={retry} />
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
        <RunProgressBar run={report} />
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
