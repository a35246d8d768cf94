// That this is the sample, and the one click that takes it away.

import { Button, ButtonGroup, ToastQueue } from "@react-spectrum/s2";
import { backend } from "../../backend/call";
import type { Problem } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.overview.sample;

/** `hasRun`: the sample was sent already. */
export function SampleNote({ problem, hasRun }: { problem: Problem | null; hasRun: boolean }) {
  const remove = useDeed(async () => {
    await backend.removeSample();
    ToastQueue.neutral(t.removed, { timeout: 5000 });
  });
  return (
    <Panel
      title={t.title}
      note={t.text}
      actions={
        <ButtonGroup>
          <Button variant="secondary" isPending={remove.busy} onPress={() => void remove.run(undefined)}>
            {t.remove}
          </Button>
          <Button variant="secondary" onPress={() => go(to("connections", "new"))}>
            {t.own}
          </Button>
          <Button variant={hasRun ? "secondary" : "accent"} onPress={() => go(to("syncs", "Sample"))}>
            {t.preview}
          </Button>
        </ButtonGroup>
      }
    >
      {problem === null ? null : <ProblemNote problem={problem} />}
      {remove.problem === null ? null : <ProblemNote problem={remove.problem} />}
    </Panel>
  );
}
