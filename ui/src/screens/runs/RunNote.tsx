// How a run ended that did not simply complete: what that means, and what to do.

import { Button } from "@react-spectrum/s2";
import type { RunDetail } from "../../backend/types";
import { Note, ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { words } from "../../words";
import { sum } from "../../words/format";
import { quoted } from "../../words/problems";
import { isNobodyOn, refusedPlaces, soughtPlaces } from "./places";

const t = words.runs;
/** Marketo's code for what the API user has no permission for. */
const NO_PERMISSION = "603";

export function RunNote({ detail }: { detail: RunDetail }) {
  const { report, problem } = detail;
  switch (report.state) {
    case "stopped":
    case "interrupted":
      return (
        <Note
          tone="notice"
          title={t.states[report.state]}
          text={detail.resumable ? leftToDo(detail) : t.notResumable}
          actions={
            detail.resumable ? undefined : (
              <Button variant="secondary" onPress={() => go(to("syncs", report.sync, "runs"))}>
                {t.seeRuns}
              </Button>
            )
          }
        />
      );
    case "held":
      return (
        <Note
          tone="notice"
          title={t.heldTitle}
          text={problem === null ? t.heldText : `${quoted(problem.message)} ${t.heldText}`}
          actions={
            <Button variant="accent" onPress={() => go(to("syncs", report.sync))}>
              {t.reviewHeld}
            </Button>
          }
        />
      );
    case "completed_with_problems":
      return (
        <Note
          tone="notice"
          title={t.states.completed_with_problems}
          text={`${undelivered(detail).join(" ")} ${t.seeReasons}`}
          actions={
            isForbidden(detail) ? (
              <Button variant="secondary" onPress={() => go(to("connections"))}>
                {words.common.goTo(words.common.screens.connections)}
              </Button>
            ) : undefined
          }
        />
      );
    default:
      return problem === null ? null : <ProblemNote problem={problem} />;
  }
}

/** What resuming a run would still do: for people, and for the static list. */
export function leftToDo(detail: RunDetail): string {
  const { people, list } = detail.report;
  const notSent = people.skipped.not_sent ?? 0;
  const places = list?.not_sent ?? 0;
  if (list === null || places === 0) {
    return t.toResume(notSent);
  }
  const sought = soughtPlaces(detail);
  const leaving = sought === null ? 0 : sought.remove - list.removed;
  const rest = leaving > 0 ? t.placesLeft(places) : isNobodyOn(list) ? t.nobodyOnList : t.notOnList(places);
  return notSent === 0 ? t.toResumeList(rest) : t.toResumeBoth(notSent, rest);
}

/** Whether Marketo rejected anything for want of a permission. */
function isForbidden({ report: { people, list } }: RunDetail): boolean {
  return [people.rejected, list?.rejected].some((codes) => (codes?.[NO_PERMISSION] ?? 0) > 0);
}

/** Who was not delivered, sentence by sentence. */
export function undelivered(detail: RunDetail): string[] {
  const { people, list } = detail.report;
  const refused = refusedPlaces(list, soughtPlaces(detail));
  const all: [number, (people: number) => string][] = [
    [sum(people.rejected), t.peopleRejected],
    [people.unconfirmed, t.peopleUnconfirmed],
    [people.skipped.not_sent ?? 0, t.peopleNotSent],
    [refused.joining, t.listJoining],
    [refused.leaving, t.listLeaving],
    [refused.either, t.listEither],
    [list?.unconfirmed ?? 0, t.listUnconfirmed],
    [list?.not_sent ?? 0, t.listNotSent],
  ];
  return all.filter(([value]) => value > 0).map(([value, say]) => say(value));
}
