// The first five minutes: look around with sample data, or begin with one's own.

import { Button } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { backend } from "../../backend/call";
import { Page } from "../../parts/Page";
import { Panel, Panels } from "../../parts/Panel";
import { TaskProgress } from "../../parts/Progress";
import { ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { useTask } from "../../state/tasks";
import { words } from "../../words";

const t = words.overview.first;

const text = style({ font: "body", margin: 0 });
const steps = style({
  display: "flex",
  flexDirection: "column",
  gap: 12,
  margin: 0,
  paddingStart: 24,
  font: "body",
  flexGrow: 1,
});

/** `hold`: keeps this screen while the sample is made, though there is something by then. */
export function FirstStart({ hold }: { hold: (holds: boolean) => void }) {
  const make = useTask(async (task) => {
    await backend.makeSample(task);
    return true;
  });
  const start = async () => {
    hold(true);
    const before = window.location.hash;
    const made = await make.run(undefined);
    // Whoever has gone elsewhere meanwhile stays there.
    if (made === true && window.location.hash === before) {
      go(to("syncs", "Sample"));
    }
    hold(made === undefined);
  };
  return (
    <Page title={t.title} subtitle={t.subtitle}>
      <Panels>
        <Panel title={t.tryTitle}>
          <p className={text}>{t.tryText}</p>
          <Steps all={t.trySteps} />
          {make.problem === null ? null : <ProblemNote problem={make.problem} />}
          {make.busy ? (
            <TaskProgress label={t.making} progress={make.progress} />
          ) : (
            <div>
              <Button variant="accent" onPress={() => void start()}>
                {t.tryButton}
              </Button>
            </div>
          )}
        </Panel>
        <Panel title={t.ownTitle}>
          <p className={text}>{t.ownText}</p>
          <Steps all={t.steps} />
          <div>
            <Button variant="secondary" onPress={() => go(to("connections", "new"))}>
              {t.ownButton}
            </Button>
          </div>
        </Panel>
      </Panels>
    </Page>
  );
}

function Steps({ all }: { all: readonly (readonly string[])[] }) {
  return (
    <ol className={steps}>
      {all.map(([name, what]) => (
        <li key={name}>
          <strong>{name}</strong>
          <br />
          {what}
        </li>
      ))}
    </ol>
  );
}
