// What a run of a sync would do, person by person, before anything is sent.

import {
  Badge,
  Button,
  ButtonGroup,
  Content,
  ContextualHelp,
  Heading,
  StatusLight,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type Ref, useRef, useState } from "react";
import { backend } from "../../backend/call";
import { problemOf } from "../../backend/problem";
import type { Destination, PeopleFilter, PlanSummary, RouteWish, Sync } from "../../backend/types";
import { useNow } from "../../parts/Ago";
import { Panel, Panels } from "../../parts/Panel";
import { useLed } from "../../parts/PeopleTable";
import { TaskProgress } from "../../parts/Progress";
import { Empty, Loading, ProblemNote } from "../../parts/States";
import { keepPlan, plansOld, usePlan } from "../../state/queries";
import { useTask, workOf } from "../../state/tasks";
import { words } from "../../words";
import { ago } from "../../words/format";
import { CostPanel } from "./CostPanel";
import { HeldNote } from "./HeldNote";
import { ListPanel } from "./ListPanel";
import { PlanPeople } from "./PlanPeople";
import { RoutesPanel } from "./RoutesPanel";
import { RunPanel } from "./RunPanel";
import { PREVIEW, readingLabel, useWish } from "./reading";
import { SumPanel } from "./SumPanel";
import { WhatIfPanel } from "./WhatIfPanel";

const t = words.preview;

export interface PreviewProps {
  sync: Sync;
  destination: Destination;
  snapshotAt: string | undefined;
  /** The last run that has ended, which may have changed what is left to do. */
  lastRun: string | undefined;
}

export function Preview({ sync, destination, snapshotAt, lastRun }: PreviewProps) {
  const client = useQueryClient();
  const sending = useRef<HTMLHeadingElement>(null);
  // What holds the run back stands above its heading, and is to be seen as well.
  const review = () => {
    sending.current?.scrollIntoView({ block: "center" });
    sending.current?.focus({ preventScroll: true });
  };
  const [routes, wishFor] = useWish(sync.id);
  const basis = { sync, destination, snapshotAt, lastRun, routes };
  const plan = usePlan(basis);
  const refresh = useTask(
    async (task) => {
      const read = await backend.preview(task, sync.name, "refresh", routes);
      keepPlan(client, basis, read);
      // What is shown by now may be of another basis; a run goes by the newest plan.
      void plansOld(client, sync.id);
      return read;
    },
    workOf(PREVIEW, sync.id),
  );
  const problem = plan.isError ? problemOf(plan.error) : null;
  const read = (label: string) => (
    <Button
      variant={plan.data === undefined ? "accent" : "secondary"}
      isPending={refresh.busy}
      onPress={() => void refresh.run(undefined)}
    >
      {label}
    </Button>
  );
  const working = refresh.busy ? (
    <TaskProgress label={readingLabel(refresh.progress)} progress={refresh.progress} stop={refresh.stop} />
  ) : null;
  const failed = refresh.problem === null ? null : <ProblemNote problem={refresh.problem} />;
  if (plan.data === undefined) {
    if (plan.isPending) {
      return <Loading label={t.preparing} />;
    }
    const neverRead = problem?.code === "destination_not_read";
    return (
      <>
        {working}
        {failed}
        {neverRead || problem === null ? (
          <Empty title={t.notYetTitle} actions={refresh.busy ? undefined : read(t.read)}>
            {t.notYetText}
          </Empty>
        ) : (
          <ProblemNote problem={problem} action={read(t.read)} />
        )}
      </>
    );
  }
  return (
    <>
      <div className={style({ display: "flex", flexWrap: "wrap", gap: 12, alignItems: "center" })}>
        <AsOf plan={plan.data} />
        {refresh.problem?.code === "service_unreachable" ? (
          <Badge variant="notice" fillStyle="subtle">
            {t.unreachable}
          </Badge>
        ) : refresh.result?.digest !== plan.data.digest ? (
          <Badge variant="informative" fillStyle="subtle">
            {t.offline}
          </Badge>
        ) : null}
        <ContextualHelp>
          <Heading>{t.offline}</Heading>
          <Content>{`${t.offlineHelp} ${t.refreshTakes(plan.data.cost.reading_calls)}.`}</Content>
        </ContextualHelp>
        <div className={style({ flexGrow: 1 })} />
        <ButtonGroup>
          {read(t.refresh)}
          <Button variant="accent" onPress={review}>
            {t.goToSend}
          </Button>
        </ButtonGroup>
      </div>
      <HeldNote guardrails={plan.data.guardrails} />
      {working}
      {failed}
      {problem === null ? null : <ProblemNote problem={problem} />}
      <Planned
        sync={sync}
        destination={destination}
        plan={plan.data}
        isOld={problem !== null}
        isChanging={plan.isFetching}
        sending={sending}
        refresh={read(t.refresh)}
        wish={routes}
        wishFor={wishFor}
      />
    </>
  );
}

/** How old both sides are; what is old says so. */
function AsOf({ plan }: { plan: PlanSummary }) {
  const now = useNow();
  const isOld = plan.fresh_until !== null && Date.parse(plan.fresh_until) < now;
  return (
    <>
      {plan.destination_as_of === null ? null : (
        <StatusLight variant={isOld ? "notice" : "neutral"}>
          {t.asOf(ago(plan.destination_as_of, now))}
        </StatusLight>
      )}
      <StatusLight variant="neutral">{t.audienceAsOf(ago(plan.audience.snapshot_at, now))}</StatusLight>
    </>
  );
}

interface PlannedProps {
  sync: Sync;
  destination: Destination;
  plan: PlanSummary;
  /** It could not be made again: what it was made from is not as it was. */
  isOld: boolean;
  /** Another one is being made. */
  isChanging: boolean;
  sending: Ref<HTMLHeadingElement>;
  /** The button that reads Marketo again. */
  refresh: ReactNode;
  wish: RouteWish;
  wishFor: (wish: RouteWish) => void;
}

function Planned(props: PlannedProps) {
  const { sync, destination, plan, isOld, isChanging, sending, refresh, wish, wishFor } = props;
  const [filter, setFilter] = useState<PeopleFilter>({});
  const [led, lead] = useLed();
  const choose = (next: PeopleFilter) => {
    setFilter(next);
    lead();
  };
  return (
    <>
      <SumPanel plan={plan} choose={choose} />
      <Panels>
        <ListPanel list={plan.list} choose={choose} />
        <CostPanel plan={plan} />
        {plan.routes === null ? null : <RoutesPanel routes={plan.routes} wish={wish} wishFor={wishFor} />}
      </Panels>
      <WhatIfPanel sync={sync} destination={destination} plan={plan} />
      <RunPanel
        key={plan.digest}
        sync={sync}
        plan={plan}
        isOld={isOld}
        isChanging={isChanging}
        refresh={refresh}
        heading={sending}
      />
      <Panel title={t.everyone}>
        <PlanPeople sync={sync.name} plan={plan} filter={filter} setFilter={setFilter} led={led} />
      </Panel>
    </>
  );
}
