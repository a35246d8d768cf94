// What waits for the person, each with the way to do something about it.

import { Link, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { UseQueryResult } from "@tanstack/react-query";
import type { AudienceDocument, ConnectionLine, RunReport, Sync } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { Answer, Loading } from "../../parts/States";
import { useSecretNeeds } from "../../state/queries";
import { words } from "../../words";
import { type Need, needsOf } from "./needs";

const t = words.overview;

export interface NeedsYouProps {
  audiences: readonly AudienceDocument[];
  connections: readonly ConnectionLine[];
  runs: UseQueryResult<RunReport[]>;
  syncs: UseQueryResult<Sync[]>;
}

/** That nothing needs anybody is said only once everything is known. */
export function NeedsYou({ audiences, connections, runs, syncs }: NeedsYouProps) {
  const secrets = useSecretNeeds(connections);
  return (
    <Panel title={t.needsYou}>
      <Answer of={runs}>
        {(ran) => (
          <Answer of={syncs}>
            {(all) =>
              secrets === undefined ? <Loading /> : <Needs needs={needsOf(audiences, ran, all, secrets)} />
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
