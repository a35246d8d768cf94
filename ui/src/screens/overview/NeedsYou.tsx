// What waits for the person, each with the way to do something about it.

import { Link, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { UseQueryResult } from "@tanstack/react-query";
import type { AudienceDocument, ConnectionLine, RunReport, Sync } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { Answer, Loading } from "../../parts/States";
import { useWithoutSecret } from "../../state/queries";
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
  /** Names of connections whose secret is not where it is looked for. */
  withoutSecret: readonly string[] = [],
): Need[] {
  const needs: Need[] = withoutSecret.map((name) => ({
    id: `secret/${name}`,
    text: t.needs.secret(name),
    path: to("connections"),
    tone: "negative",
  }));
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
    const notTaken = audience.watched?.problem;
    if (notTaken) {
      const id = `watched/${audience.id}`;
      const text = t.needs.notTaken(audience.name, notTaken.message);
      needs.push({ id, text, path: to("audiences", audience.name), tone: "negative" });
    }
  }
  return needs;
}

export interface NeedsYouProps {
  audiences: readonly AudienceDocument[];
  connections: readonly ConnectionLine[];
  runs: UseQueryResult<RunReport[]>;
  syncs: UseQueryResult<Sync[]>;
}

/** That nothing needs anybody is said only once everything is known. */
export function NeedsYou({ audiences, connections, runs, syncs }: NeedsYouProps) {
  const withoutSecret = useWithoutSecret(connections);
  return (
    <Panel title={t.needsYou}>
      <Answer of={runs}>
        {(ran) => (
          <Answer of={syncs}>
            {(all) =>
              withoutSecret === undefined ? (
                <Loading />
              ) : (
                <Needs needs={needsOf(audiences, ran, all, withoutSecret)} />
              )
            }
          </Answer>
        )}
      </Answer>
    </Panel>
  );
}

function Needs({ needs }: { needs: readonly Need[] }) {
  if (needs.length === 0) {
    return <StatusLight variant="positive">{t.nothingNeedsYou}</StatusLight>;
  }
  return (
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
  );
}
