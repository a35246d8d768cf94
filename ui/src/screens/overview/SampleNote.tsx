// That this is the sample, and the one click that takes it away.

import { Button, ButtonGroup } from "@react-spectrum/s2";
import { useState } from "react";
import { backend } from "../../backend/call";
import type { Problem } from "../../backend/types";
import { Confirm } from "../../parts/Confirm";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.overview.sample;

export function SampleNote({ problem }: { problem: Problem | null }) {
  const [asking, setAsking] = useState(false);
  const remove = useDeed(backend.removeSample);
  return (
    <Panel
      title={t.title}
      note={t.text}
      actions={
        <ButtonGroup>
          <Button variant="secondary" isPending={remove.busy} onPress={() => setAsking(true)}>
            {t.remove}
          </Button>
          <Button variant="accent" onPress={() => go(to("syncs", "Sample"))}>
            {t.preview}
          </Button>
        </ButtonGroup>
      }
    >
      {problem === null ? null : <ProblemNote problem={problem} />}
      {remove.problem === null ? null : <ProblemNote problem={remove.problem} />}
      <Confirm
        open={asking}
        title={t.removeTitle}
        deed={t.remove}
        onConfirm={() => void remove.run(undefined)}
        onClose={() => setAsking(false)}
      >
        {t.removeText}
      </Confirm>
    </Panel>
  );
}
