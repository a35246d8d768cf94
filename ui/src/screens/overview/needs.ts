// What waits for a person: runs that came to something, paused syncs, audiences and secrets.

import type { AudienceDocument, RunReport, Sync } from "../../backend/types";
import type { SecretNeeds } from "../../state/queries";
import { to } from "../../state/route";
import { words } from "../../words";
import { counted, listed, sum } from "../../words/format";
import { isNobodyOn } from "../runs/places";

const t = words.overview;

export interface Need {
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
  paused: "notice",
} as const;

function isNeed(state: string): state is keyof typeof RUN_NEEDS {
  return state in RUN_NEEDS;
}

/** What needs somebody: of each sync its last run alone, of each audience its newest snapshot. */
export function needsOf(
  audiences: readonly AudienceDocument[],
  runs: readonly RunReport[],
  syncs: readonly Sync[],
  secrets: SecretNeeds = { missing: [], unknown: [] },
): Need[] {
  const secret = (say: (name: string) => string) => (name: string) => ({
    id: `secret/${name}`,
    text: say(name),
    path: to("connections"),
    tone: "negative" as const,
  });
  const needs: Need[] = [
    ...secrets.missing.map(secret(t.needs.secret)),
    ...secrets.unknown.map(secret(t.needs.secretUnknown)),
  ];
  const seen = new Set<string>();
  for (const run of runs) {
    if (!seen.has(run.sync) && isNeed(run.state)) {
      needs.push({
        id: run.run_id,
        text:
          run.state === "completed_with_problems"
            ? t.needs.completed_with_problems(run.sync, undelivered(run, syncs))
            : run.state === "paused"
              ? t.needs.pausedRun(run.sync)
              : t.needs[run.state](run.sync),
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
    } else if (audience.quarantined.count > 0 && audience.looked_over !== true) {
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

/** Whom a run did not deliver or the list did not take. A sync that only adds removes nobody. */
function undelivered({ sync: name, people, list }: RunReport, syncs: readonly Sync[]): string {
  const onlyAdds = syncs.find((one) => one.name === name)?.mode === "add-only";
  const delivered = people.created + people.updated + people.unchanged;
  const places = sum(list?.rejected);
  const what = t.problems;
  const refused =
    list !== null && delivered > 0 && isNobodyOn(list)
      ? () => what.nobodyOnList
      : onlyAdds
        ? what.listJoining
        : what.listEither;
  const all: [number, (people: number) => string][] = [
    [sum(people.rejected), what.rejected],
    [people.unconfirmed, what.unconfirmed],
    [people.skipped.not_sent ?? 0, what.notSent],
    [places, refused],
    [list?.unconfirmed ?? 0, what.listUnconfirmed],
    [list?.not_sent ?? 0, what.listNotSent],
  ];
  const said = all.filter(([value]) => value > 0).map(([value, say]) => say(value));
  return said.length === 0 ? what.some : listed(said);
}
