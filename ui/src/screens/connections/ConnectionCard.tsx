// One connection: where it leads, that its secret is kept, and what a test of it found.

import { ActionMenu, Button, ButtonGroup, MenuItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useState } from "react";
import { backend } from "../../backend/call";
import { problemOf } from "../../backend/problem";
import type { ConnectionLine, ConnectionUsage } from "../../backend/types";
import { SandboxBadge } from "../../parts/Badges";
import { Confirm } from "../../parts/Confirm";
import { type Part, Parts } from "../../parts/charts/Parts";
import { Facts } from "../../parts/Facts";
import { Panel, Quiet } from "../../parts/Panel";
import { TaskProgress } from "../../parts/Progress";
import { ProblemNote } from "../../parts/States";
import { useAudiences, useHasSecret, useSecretPlace, useSecretsGiven } from "../../state/queries";
import { go, to } from "../../state/route";
import { useDeed, useTask, workOf } from "../../state/tasks";
import { words } from "../../words";
import { count, dateTime } from "../../words/format";
import { chooseFile } from "../audiences/offered";
import { TestResult } from "./TestResult";

const t = words.connections;

export interface ConnectionCardProps {
  connection: ConnectionLine;
  edit: () => void;
  replaceSecret: () => void;
  /** It was just added: what comes next is offered. */
  isNew: boolean;
  /** It is to be tested without anybody asking, once: that it is being tested is told here. */
  toTest: (() => void) | null;
}

export function ConnectionCard({ connection, edit, replaceSecret, isNew, toTest }: ConnectionCardProps) {
  const [removing, setRemoving] = useState(false);
  const secret = useHasSecret(connection.name);
  const place = useSecretPlace();
  const { base_url, munchkin_id, client_id, name } = connection;
  // What was found out of another address or with another secret says nothing of this one.
  const asked = [connection.id, base_url, munchkin_id, client_id, useSecretsGiven(name)].join(" ");
  const test = useTask((task, name: string) => backend.testConnection(task, name), workOf("test", asked));
  const usage = useTask((_task, name: string) => backend.connectionUsage(name), workOf("usage", asked));
  const remove = useDeed(backend.removeConnection);
  const isUntested = test.result === undefined && !test.busy && test.problem === null;
  const { run: begin } = test;
  useEffect(() => {
    if (toTest !== null) {
      toTest();
      void begin(name);
    }
  }, [toTest, begin, name]);
  const { calls_per_20s, concurrency, daily_quota } = connection.limits;
  return (
    <Panel
      title={connection.name}
      note={connection.description === "" ? t.kind : `${t.kind} · ${connection.description}`}
      badge={connection.sandbox ? <SandboxBadge /> : undefined}
      actions={
        <>
          <ButtonGroup>
            <Button variant="secondary" onPress={replaceSecret}>
              {t.replaceSecret}
            </Button>
            <Button
              variant="secondary"
              isPending={usage.busy}
              onPress={() => void usage.run(connection.name)}
            >
              {t.usage.ask}
            </Button>
            <Button variant="secondary" isPending={test.busy} onPress={() => void test.run(connection.name)}>
              {t.test}
            </Button>
          </ButtonGroup>
          <ActionMenu
            onAction={(key) => (key === "edit" ? edit() : setRemoving(true))}
            aria-label={words.common.moreFor(connection.name)}
          >
            <MenuItem id="edit">{words.common.edit}</MenuItem>
            <MenuItem id="remove">{words.common.remove}</MenuItem>
          </ActionMenu>
        </>
      }
    >
      <Facts
        lines={[
          [t.endpoint, connection.base_url],
          [t.munchkin, connection.munchkin_id],
          [t.clientId, connection.client_id],
          [
            t.secret,
            secret.isError
              ? t.secretUnknown
              : secret.data === undefined
                ? "…"
                : secret.data
                  ? t.secretStored[place]
                  : t.secretMissing,
          ],
          [t.share, t.shareText(count(calls_per_20s), count(concurrency), count(daily_quota))],
        ]}
      />
      {usage.problem === null ? null : <ProblemNote problem={usage.problem} />}
      {usage.result === undefined ? null : <Usage usage={usage.result} />}
      {test.busy ? <TaskProgress label={t.testing} progress={test.progress} stop={test.stop} /> : null}
      {test.problem === null ? null : <ProblemNote problem={test.problem} />}
      {remove.problem === null ? null : <ProblemNote problem={remove.problem} />}
      {secret.isError ? (
        <ProblemNote
          problem={problemOf(secret.error)}
          action={
            <Button variant="secondary" onPress={() => void secret.refetch()}>
              {words.common.tryAgain}
            </Button>
          }
        />
      ) : null}
      {isUntested ? <Quiet>{t.testNotRun}</Quiet> : null}
      {test.result === undefined || test.busy ? null : (
        <>
          <TestResult
            test={test.result}
            at={new Date(test.endedAt ?? Date.now()).toISOString()}
            again={() => void test.run(name)}
            replaceSecret={replaceSecret}
            edit={edit}
          />
          {isNew && test.result.ok ? <NextStep /> : null}
        </>
      )}
      <Confirm
        open={removing}
        title={t.removeTitle(connection.name)}
        deed={t.remove}
        onConfirm={() => void remove.run(connection.name)}
        onClose={() => setRemoving(false)}
      >
        {t.removeText}
      </Confirm>
    </Panel>
  );
}

/** Where somebody goes on who has just connected Marketo. */
function NextStep() {
  const audiences = useAudiences();
  const hasAudience = (audiences.data?.length ?? 0) > 0;
  return (
    <div className={style({ display: "flex", flexWrap: "wrap", gap: 12, alignItems: "center" })}>
      <Button
        variant="accent"
        onPress={() => (hasAudience ? go(to("new-destination")) : void chooseFile(null))}
      >
        {hasAudience ? words.destinations.add : words.audiences.import}
      </Button>
      <Quiet>{hasAudience ? t.nextDestination : t.nextAudience}</Quiet>
    </div>
  );
}

/** The day's calls: who made them, what is left, and until when. */
function Usage({ usage }: { usage: ConnectionUsage }) {
  const parts: Part[] = [
    { id: "ours", name: t.usage.ours, value: usage.ours, tone: "info" },
    { id: "others", name: t.usage.others, value: usage.others, tone: "notice" },
    { id: "left", name: t.usage.left, value: usage.left, tone: "rest" },
  ];
  return (
    <div role="status">
      <Parts
        isTitled
        label={t.usage.title(count(usage.quota))}
        parts={parts.filter(({ id, value }) => id !== "others" || value > 0)}
      />
      <p className={style({ font: "body-sm", color: "neutral-subdued" })}>
        {t.usage.until(dateTime(usage.resets_at))}
      </p>
    </div>
  );
}
