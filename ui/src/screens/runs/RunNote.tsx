// How a run ended that did not simply complete: what that means, and what to do.

import { Button } from "@react-spectrum/s2";
import type { RunDetail } from "../../backend/types";
import { Note, ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { words } from "../../words";
import { sum } from "../../words/format";

const t = words.runs;

export function RunNote({ detail }: { detail: RunDetail }) {
  const { report, problem } = detail;
  switch (report.state) {
    case "stopped":
    case "interrupted":
      return (
        <Note
          tone="notice"
          title={t.states[report.state]}
          text={detail.resumable ? t.toResume(report.people.skipped.not_sent ?? 0) : t.notResumable}
        />
      );
    case "completed_with_problems":
      return (
        <Note
          tone="notice"
          title={t.states.completed_with_problems}
          text={`${undelivered(detail).join(" ")} ${t.seeReasons}`}
        />
      );
    default:
      return problem === null ? null : (
        <ProblemNote
          problem={problem}
          action={
            report.state === "held" ? (
              <Button variant="accent" onPress={() => go(to("syncs", report.sync))}>
                {t.reviewHeld}
              </Button>
            ) : undefined
          }
        />
      );
  }
}

/** Who was not delivered, sentence by sentence. */
function undelivered({ report }: RunDetail): string[] {
  const { people, list } = report;
  const all: [number, (people: number) => string][] = [
    [sum(people.rejected), t.peopleRejected],
    [people.unconfirmed, t.peopleUnconfirmed],
    [people.skipped.not_sent ?? 0, t.peopleNotSent],
    [sum(list?.rejected), t.listRejected],
    [list?.unconfirmed ?? 0, t.listUnconfirmed],
    [list?.not_sent ?? 0, t.listNotSent],
  ];
  return all.filter(([value]) => value > 0).map(([value, say]) => say(value));
}
