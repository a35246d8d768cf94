// One audience: what its columns hold, who is in it, whom it can find, what was set aside.

import { ActionMenu, Button, ButtonGroup, MenuItem, Tab, TabList, TabPanel, Tabs } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useState } from "react";
import { backend } from "../../backend/call";
import type { AudienceDocument } from "../../backend/types";
import { ColumnTable } from "../../parts/ColumnTable";
import { Confirm } from "../../parts/Confirm";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { Answer, Note, ProblemNote } from "../../parts/States";
import { useWriting, Writing } from "../../parts/Writing";
import { useAudience, useProfile, useSyncs } from "../../state/queries";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { count, counted, dateTime } from "../../words/format";
import { quoted } from "../../words/problems";
import { QuarantineTable } from "../audiences/LookedAt";
import { chooseFile } from "../audiences/offered";
import { Keys } from "./Keys";
import { Members } from "./Members";

const t = words.audiences;
const TABS = ["columns", "members", "keys", "quarantine"] as const;

export function AudienceScreen({ audience, part }: { audience: string; part: string | undefined }) {
  const found = useAudience(audience);
  return (
    <Answer of={found} screen={audience}>
      {(document) => <One document={document} part={part ?? "columns"} />}
    </Answer>
  );
}

const panel = style({
  display: "flex",
  flexDirection: "column",
  gap: 24,
  minHeight: 0,
  height: "full",
  paddingTop: 16,
});

function One({ document, part }: { document: AudienceDocument; part: string }) {
  const [removing, setRemoving] = useState(false);
  const remove = useDeed(async () => {
    await backend.removeAudience(document.name);
    go("/audiences");
  });
  const follow = useDeed((follows: boolean) => backend.followFile(document.name, follows));
  const watched = document.watched ?? null;
  const save = useWriting((task) => backend.exportAudience(task, document.name), ["row", "rows"]);
  const setAside = document.quarantined.count;
  // Once they are looked at, nobody is told of them any more until the next file.
  const isNews = part === "quarantine" && setAside > 0 && document.looked_over !== true;
  const { run: lookOver } = useDeed(backend.lookOver);
  useEffect(() => {
    if (isNews) {
      void lookOver(document.name);
    }
  }, [isNews, lookOver, document.name]);
  const syncs = useSyncs();
  const isSynced = syncs.data?.some((sync) => sync.audience === document.id) ?? true;
  const profile = useProfile(document.name, document.snapshot_at);
  return (
    <Page
      title={document.name}
      subtitle={`${counted(document.rows, "member", "members")} · ${dateTime(document.snapshot_at)}`}
      actions={
        <>
          <ButtonGroup>
            <Button variant="secondary" isPending={save.busy} onPress={() => void save.run(undefined)}>
              {t.export}
            </Button>
            <Button variant="secondary" onPress={() => void chooseFile(document.name)}>
              {t.importNext}
            </Button>
            {isSynced ? null : (
              <Button variant="accent" onPress={() => go(to("new-sync", "of", document.name))}>
                {words.destinations.makeSync}
              </Button>
            )}
          </ButtonGroup>
          <ActionMenu
            aria-label={words.common.moreFor(document.name)}
            onAction={(key) => (key === "remove" ? setRemoving(true) : void follow.run(watched === null))}
          >
            <MenuItem id="follow">{watched === null ? t.follow : t.unfollow}</MenuItem>
            <MenuItem id="remove">{words.common.remove}</MenuItem>
          </ActionMenu>
        </>
      }
    >
      {watched === null ? null : (
        <Note
          tone={watched.problem === null ? "informative" : "notice"}
          title={t.follows(watched.path)}
          text={watched.problem === null ? t.followsText : t.notTaken(quoted(watched.problem.message))}
        />
      )}
      {follow.problem === null ? null : <ProblemNote problem={follow.problem} />}
      {remove.problem === null ? null : <ProblemNote problem={remove.problem} />}
      <Writing of={save} />
      <Tabs
        aria-label={document.name}
        selectedKey={part}
        onSelectionChange={(key) => go(to("audiences", document.name, String(key)))}
        styles={style({ flexGrow: 1, minHeight: 480 })}
      >
        <TabList>
          {TABS.map((id) => (
            <Tab key={id} id={id}>
              {id === "quarantine" && setAside > 0 ? t.tabWithCount(t.tabs[id], count(setAside)) : t.tabs[id]}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="columns">
          <div className={panel}>
            <Answer of={profile}>{(sum) => <ColumnTable columns={sum.columns} rows={sum.rows} />}</Answer>
          </div>
        </TabPanel>
        <TabPanel id="members">
          <div className={panel}>
            <Members document={document} />
          </div>
        </TabPanel>
        <TabPanel id="keys">
          <div className={panel}>
            <Answer of={profile}>{(sum) => <Keys profile={sum} />}</Answer>
          </div>
        </TabPanel>
        <TabPanel id="quarantine">
          <div className={panel}>
            {setAside === 0 ? (
              <p className={style({ font: "body", margin: 0 })}>{t.nothingQuarantined}</p>
            ) : (
              <Panel title={t.quarantined} note={t.quarantineNote}>
                <QuarantineTable quarantine={document.quarantined} />
              </Panel>
            )}
          </div>
        </TabPanel>
      </Tabs>
      <Confirm
        open={removing}
        title={t.removeTitle(document.name)}
        deed={t.remove}
        onConfirm={() => void remove.run(undefined)}
        onClose={() => setRemoving(false)}
      >
        {t.removeText}
      </Confirm>
    </Page>
  );
}
