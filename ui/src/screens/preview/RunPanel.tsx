// Sending exactly what is shown: what holds it back, and how much of it.

import {
  Button,
  Checkbox,
  Content,
  Disclosure,
  DisclosurePanel,
  DisclosureTitle,
  Heading,
  InlineAlert,
  NumberField,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ReactNode, type Ref, useState } from "react";
import { backend } from "../../backend/call";
import type { Guardrail, GuardrailName, PlanSummary, Sync } from "../../backend/types";
import { useNow } from "../../parts/Ago";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/States";
import { go, to } from "../../state/route";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { count, counted } from "../../words/format";
import { guardrailText } from "./HeldNote";

const t = words.preview;

export interface RunPanelProps {
  sync: Sync;
  plan: PlanSummary;
  isOld: boolean;
  /** Another plan is on its way, and this one is not what would be sent. */
  isChanging: boolean;
  /** The button that reads Marketo again. */
  refresh: ReactNode;
  /** For whoever is led here from above. */
  heading: Ref<HTMLHeadingElement>;
}

export function RunPanel({ sync, plan, isOld, isChanging, refresh, heading }: RunPanelProps) {
  const now = useNow();
  const isStale = isOld || (plan.fresh_until !== null && Date.parse(plan.fresh_until) < now);
  const [allowed, setAllowed] = useState<ReadonlySet<GuardrailName>>(new Set());
  const [limit, setLimit] = useState(Number.NaN);
  const isPilot = !Number.isNaN(limit);
  const holding = plan.guardrails.filter((guardrail) => !(isPilot && isAboutRemovals(guardrail.name)));
  const held = holding.filter((guardrail) => !allowed.has(guardrail.name));
  const people = plan.people.create + plan.people.update;
  const nothing = people + (plan.list?.add ?? 0) + (plan.list?.remove ?? 0) === 0;
  const whyNot = sync.paused
    ? t.paused
    : nothing
      ? t.nothingToDo
      : isStale
        ? t.tooOld
        : held.length > 0
          ? t.heldBack
          : isChanging
            ? t.changing
            : null;
  const start = useDeed(() =>
    backend.startRun({
      sync: sync.name,
      plan: plan.digest,
      limit: isPilot ? limit : null,
      allow: [...allowed],
      no_wait: false,
      unattended: true,
      routes: { read: null, write: null },
    }),
  );
  const resume = useDeed(() => backend.editSync(sync.name, { paused: false }));
  const run = async () => {
    const id = await start.run(undefined);
    if (id !== undefined) {
      go(to("runs", id));
    }
  };
  const allow = (name: GuardrailName, isAllowed: boolean) =>
    setAllowed((before) => {
      const after = new Set(before);
      if (isAllowed) {
        after.add(name);
      } else {
        after.delete(name);
      }
      return after;
    });
  return (
    <>
      {holding.length === 0 ? null : (
        <Panel
          title={t.guardrails}
          note={t.guardrailsNote}
          actions={
            <Button variant="secondary" size="S" onPress={() => go("/settings")}>
              {words.settings.change}
            </Button>
          }
        >
          {holding.map((guardrail) => (
            <GuardrailLine
              key={guardrail.name}
              guardrail={guardrail}
              allowed={allowed.has(guardrail.name)}
              allow={(isAllowed) => allow(guardrail.name, isAllowed)}
            />
          ))}
        </Panel>
      )}
      <Panel title={t.send} heading={heading}>
        <div className={style({ display: "flex", flexWrap: "wrap", gap: 16, alignItems: "center" })}>
          <Button
            variant="accent"
            size="L"
            isPending={start.busy}
            isDisabled={whyNot !== null}
            onPress={() => void run()}
          >
            {isPilot ? t.runPilot(howMany(limit)) : people === 0 ? t.runList : t.run(howMany(people))}
          </Button>
          {sync.paused ? (
            <Button variant="secondary" isPending={resume.busy} onPress={() => void resume.run(undefined)}>
              {t.resume}
            </Button>
          ) : isStale && !nothing ? (
            refresh
          ) : null}
          <p className={style({ font: "body", color: "neutral-subdued", margin: 0 })}>
            {whyNot ?? (isPilot ? t.pilotHelp : sent(plan))}
          </p>
        </div>
        {nothing ? null : (
          <Disclosure isQuiet>
            <DisclosureTitle level={3}>{t.pilotTitle}</DisclosureTitle>
            <DisclosurePanel>
              <NumberField
                label={t.pilot}
                description={t.pilotHelp}
                minValue={1}
                value={limit}
                onChange={setLimit}
                styles={style({ width: 320 })}
              />
            </DisclosurePanel>
          </Disclosure>
        )}
        {start.problem === null ? null : <ProblemNote problem={start.problem} />}
        {resume.problem === null ? null : <ProblemNote problem={resume.problem} />}
      </Panel>
    </>
  );
}

/** What would be sent, in a line. */
function sent(plan: PlanSummary): string {
  const { create, update } = plan.people;
  const list = plan.list;
  const parts = [
    t.creates(count(create)),
    t.updates(count(update)),
    ...(list === null ? [] : [t.joining(count(list.add))]),
    ...(list === null || list.remove === 0 ? [] : [t.leaving(count(list.remove))]),
  ];
  return `${parts.join(" · ")}. ${t.runHelp}`;
}

function howMany(people: number): string {
  return counted(people, "person", "people");
}

/** In a pilot nobody is removed. */
function isAboutRemovals(name: GuardrailName): boolean {
  return name === "removals" || name === "unreadable_rows";
}

function GuardrailLine({
  guardrail,
  allowed,
  allow,
}: {
  guardrail: Guardrail;
  allowed: boolean;
  allow: (isAllowed: boolean) => void;
}) {
  return (
    <div className={style({ display: "flex", gap: 16, alignItems: "center" })}>
      <InlineAlert variant="notice" styles={style({ flexGrow: 1 })}>
        <Heading level={3}>{t.guardrailNames[guardrail.name]}</Heading>
        <Content>{guardrailText(guardrail)}</Content>
      </InlineAlert>
      <Checkbox
        isSelected={allowed}
        onChange={allow}
        aria-label={`${t.allow}: ${t.guardrailNames[guardrail.name]}`}
      >
        {t.allow}
      </Checkbox>
    </div>
  );
}
