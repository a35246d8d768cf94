// That this is the sample, and the one click that takes it away.

import { Button, ButtonGroup, Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { backend } from "../../backend/call";
import type { Problem } from "../../backend/types";
import { Confirm } from "../../parts/Confirm";
import { ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.overview.sample;

export function SampleNote({ problem }: { problem: Problem | null }) {
  const [asking, setAsking] = useState(false);
  const remove = useDeed(backend.removeSample);
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 12 })}>
      <InlineAlert variant="informative" fillStyle="subtleFill">
        <Heading level={2}>{t.title}</Heading>
        <Content>{t.text}</Content>
      </InlineAlert>
      {problem === null ? null : <ProblemNote problem={problem} />}
      {remove.problem === null ? null : <ProblemNote problem={remove.problem} />}
      <ButtonGroup>
        <Button variant="accent" onPress={() => go(to("syncs", "Sample"))}>
          {t.preview}
        </Button>
        <Button variant="secondary" isPending={remove.busy} onPress={() => setAsking(true)}>
          {t.remove}
        </Button>
      </ButtonGroup>
      <Confirm
        open={asking}
        title={t.removeTitle}
        deed={t.remove}
        onConfirm={() => void remove.run(undefined)}
        onClose={() => setAsking(false)}
      >
        {t.removeText}
      </Confirm>
    </div>
  );
}
