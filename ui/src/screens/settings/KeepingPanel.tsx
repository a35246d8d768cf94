// How long runs keep their people.

import { Button, ButtonGroup, Checkbox, Form, NumberField, ToastQueue } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { backend } from "../../backend/call";
import type { SettingsDocument } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/States";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.settings;

/** Ten years, as the backend takes it. */
const MOST_DAYS = 3650;
/** What is offered where there was no end. */
const A_YEAR = 365;

export function KeepingPanel({ settings }: { settings: SettingsDocument }) {
  const [values, setValues] = useState(settings.keep_values_days);
  const [ends, setEnds] = useState(settings.keep_people_days !== null);
  const [people, setPeople] = useState(settings.keep_people_days ?? A_YEAR);
  const save = useDeed(backend.setSettings);
  const wanted = ends ? people : null;
  const isShorter = ends && people < values;
  const isChanged = values !== settings.keep_values_days || wanted !== settings.keep_people_days;
  const submit = async () => {
    const saved = await save.run({ keep_values_days: values, keep_people_days: wanted, guardrails: [] });
    if (saved !== undefined) {
      ToastQueue.positive(t.saved, { timeout: 5000 });
    }
  };
  return (
    <Panel title={t.keepingTitle} note={t.keepingNote}>
      <Form
        styles={style({ maxWidth: 480 })}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <NumberField
          label={t.values}
          description={t.valuesHelp}
          minValue={1}
          maxValue={MOST_DAYS}
          step={1}
          value={values}
          onChange={setValues}
        />
        <Checkbox isSelected={ends} onChange={setEnds}>
          {t.limitPeople}
        </Checkbox>
        {ends ? (
          <NumberField
            label={t.people}
            description={t.peopleHelp}
            minValue={1}
            maxValue={MOST_DAYS}
            step={1}
            isInvalid={isShorter}
            errorMessage={t.shorter}
            value={people}
            onChange={setPeople}
          />
        ) : null}
        {save.problem === null ? null : <ProblemNote problem={save.problem} />}
        <ButtonGroup>
          <Button
            type="submit"
            variant="accent"
            isDisabled={!isChanged || isShorter || Number.isNaN(values) || Number.isNaN(people)}
            isPending={save.busy}
          >
            {t.saveDays}
          </Button>
        </ButtonGroup>
      </Form>
    </Panel>
  );
}
