// What waits for the person, each with the way to do something about it.

import { Link, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { AudienceDocument, RunReport, Sync } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { to } from "../../state/route";
import { words } from "../../words";
import { counted } from "../../words/format";

const t = words.overview;

interface Need {
  id: string;
  text: string;
  path: string;
  tone: "negative" | "notice";
}

/** States of a sync's last run that somebody has to do something about. */
const RUN_NEEDS = {
  held: "notice",
  completed_with_problems: "notice",
  failed: "negative",
  interrupted: "negative",
  stopped: "notice",
} as const;

function isNeed(state: string): state is keyof typeof RUN_NEEDS {
  return state in RUN_NEEDS;
}

/** What needs somebody: of each sync its last run alone, of each audience its newest snapshot. */
export function needsOf(
  audiences: readonly AudienceDocument[],
  runs: readonly RunReport[],
  syncs: readonly Sync[],
): Need[] {
  const needs: Need[] = [];
  const seen = new Set<string>();
  for (const run of runs) {
    if (!seen.has(run.sync) && isNeed(run.state)) {
      needs.push({
        id: run.run_id,
        text: t.needs[run.state](run.sync),
        path: to("runs", run.run_id),
        tone: RUN_NEEDS[run.state],
      });
    }
    seen.add(run.sync);
  }
  for (const sync of syncs.filter((one) => one.paused)) {
    needs.push({
      id: sync.id,
      text: t.needs.paused(sync.name),
      path: to("syncs", sync.name),
      tone: "notice",
    });
  }
  for (const audience of audiences) {
    if (audience.lost !== undefined && audience.lost !== null) {
      const path = to("audiences");
      needs.push({ id: audience.id, text: t.needs.lost(audience.name), path, tone: "negative" });
    } else if (audience.quarantined.count > 0) {
      const lines = counted(audience.quarantined.count, "line", "lines");
      const path = to("audiences", audience.name, "quarantine");
      needs.push({ id: audience.id, text: t.needs.quarantined(audience.name, lines), path, tone: "notice" });
    }
  }
  return needs;
}

export interface NeedsYouProps {
  audiences: readonly AudienceDocument[];
  runs: readonly RunReport[];
  syncs: readonly Sync[];
}

export function NeedsYou({ audiences, runs, syncs }: NeedsYouProps) {
  const needs = needsOf(audiences, runs, syncs);
  return (
    <Panel title={t.needsYou}>
      {needs.length === 0 ? (
        <StatusLight variant="positive">{t.nothingNeedsYou}</StatusLight>
      ) : (
        <ul
          className={style({
            margin: 0,
            padding: 0,
            listStyleType: "none",
            display: "flex",
            flexDirection: "column",
            gap: 12,
          })}
        >
          {needs.map((need) => (
            <li key={need.id} className={style({ display: "flex", gap: 12, alignItems: "center" })}>
              <div className={style({ flexGrow: 1, minWidth: 0 })}>
                <StatusLight variant={need.tone}>{need.text}</StatusLight>
              </div>
              <Link isStandalone href={need.path} aria-label={`${t.open}: ${need.text}`}>
                {t.open}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
