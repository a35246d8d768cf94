// One sync: what a run would do, what its runs did.

import {
  ActionMenu,
  Content,
  DialogContainer,
  Heading,
  InlineAlert,
  Link,
  MenuItem,
  Tab,
  TabList,
  TabPanel,
  Tabs,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { backend } from "../../backend/call";
import type { Sync } from "../../backend/types";
import { isOver, SandboxBadge } from "../../parts/Badges";
import { Confirm } from "../../parts/Confirm";
import { NotFound } from "../../parts/NotFound";
import { Page } from "../../parts/Page";
import { Answer, Concerned, Loading, ProblemNote } from "../../parts/States";
import { useAudiences, useConnections, useDestinations, useRuns, useSyncs } from "../../state/queries";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { Preview } from "../preview/Preview";
import { RunList } from "../runs/RunList";
import { SyncFacts } from "./SyncFacts";
import { SyncForm } from "./SyncForm";

const t = words.syncs;

export function SyncScreen({ sync: name, part }: { sync: string; part: string | undefined }) {
  const syncs = useSyncs();
  return (
    <Answer of={syncs} screen={words.syncs.title}>
      {(all) => {
        const sync = all.find((one) => one.name === name || one.id === name);
        return sync === undefined ? <NotFound /> : <One sync={sync} part={part ?? "preview"} />;
      }}
    </Answer>
  );
}

const panel = style({ paddingTop: 16, display: "flex", flexDirection: "column", gap: 24 });

function One({ sync, part }: { sync: Sync; part: string }) {
  const audiences = useAudiences();
  const destinations = useDestinations();
  const connections = useConnections();
  const runs = useRuns(sync.id);
  const syncs = useSyncs();
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const remove = useDeed(async () => {
    await backend.removeSync(sync.name);
    go("/syncs");
  });
  const pause = useDeed(() => backend.editSync(sync.name, { paused: !sync.paused }));
  const audience = audiences.data?.find((one) => one.id === sync.audience);
  const destination = destinations.data?.find((one) => one.id === sync.destination);
  const connection = connections.data?.find((one) => one.id === destination?.connection);
  const running = runs.data?.runs.find((run) => !isOver(run.state));
  const act = (key: string) => {
    if (key === "pause") {
      void pause.run(undefined);
    } else {
      setOpen(key as "edit" | "remove");
    }
  };
  const problem = remove.problem ?? pause.problem;
  return (
    <Page
      title={sync.name}
      subtitle={
        <span className={style({ display: "flex", gap: 8, alignItems: "center" })}>
          <bdi>{audience?.name ?? ""}</bdi> → <bdi>{destination?.name ?? ""}</bdi>
          {connection?.sandbox ? <SandboxBadge /> : null}
        </span>
      }
      actions={
        <ActionMenu aria-label={words.common.moreFor(sync.name)} onAction={(key) => act(String(key))}>
          <MenuItem id="edit">{words.common.edit}</MenuItem>
          <MenuItem id="pause">{sync.paused ? t.resume : t.pause}</MenuItem>
          <MenuItem id="remove">{words.common.remove}</MenuItem>
        </ActionMenu>
      }
    >
      {problem === null ? null : <ProblemNote problem={problem} />}
      <Tabs
        aria-label={sync.name}
        selectedKey={part}
        onSelectionChange={(key) => go(to("syncs", sync.name, String(key)))}
      >
        <TabList>
          <Tab id="preview">{t.tabs.preview}</Tab>
          <Tab id="runs">{t.tabs.runs}</Tab>
          <Tab id="settings">{t.tabs.settings}</Tab>
        </TabList>
        <TabPanel id="preview">
          <div className={panel}>
            {destination === undefined || audiences.data === undefined || runs.data === undefined ? (
              <Loading />
            ) : (
              <>
                {running === undefined ? null : (
                  <InlineAlert variant="informative">
                    <Heading level={2}>{t.running}</Heading>
                    <Content>
                      <Link href={to("runs", running.run_id)}>{t.openRun}</Link>
                    </Content>
                  </InlineAlert>
                )}
                <Concerned value={{ audiences: audience?.name, destinations: destination.name }}>
                  <Preview
                    sync={sync}
                    destination={destination}
                    snapshotAt={audience?.snapshot_at}
                    lastRun={runs.data.runs.find((run) => isOver(run.state))?.run_id}
                  />
                </Concerned>
              </>
            )}
          </div>
        </TabPanel>
        <TabPanel id="runs">
          <div className={panel}>
            <RunList sync={sync.id} />
          </div>
        </TabPanel>
        <TabPanel id="settings">
          <div className={panel}>
            <SyncFacts sync={sync} edit={() => setOpen("edit")} />
          </div>
        </TabPanel>
      </Tabs>
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open === "edit" ? (
          <SyncForm
            sync={sync}
            syncs={syncs.data ?? []}
            audiences={audiences.data ?? []}
            destinations={destinations.data ?? []}
            close={() => setOpen(null)}
          />
        ) : null}
      </DialogContainer>
      <Confirm
        open={open === "remove"}
        title={t.removeTitle(sync.name)}
        deed={t.remove}
        onConfirm={() => void remove.run(undefined)}
        onClose={() => setOpen(null)}
      >
        {t.removeText}
      </Confirm>
    </Page>
  );
}
