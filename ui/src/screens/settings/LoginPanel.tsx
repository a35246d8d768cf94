// Whether Usher is started as this computer's user logs in.

import { Switch } from "@react-spectrum/s2";
import { backend } from "../../backend/call";
import { Panel, Quiet } from "../../parts/Panel";
import { ProblemNote } from "../../parts/States";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.settings;

/** `null`: the computer does not say. */
export function LoginPanel({ on }: { on: boolean | null }) {
  const set = useDeed(backend.setSettings);
  return (
    <Panel title={t.loginTitle} note={t.loginHelp}>
      {on === null ? (
        <Quiet>{t.loginUnknown}</Quiet>
      ) : (
        <Switch
          isSelected={on}
          isDisabled={set.busy}
          onChange={(start_at_login) => void set.run({ start_at_login, guardrails: [] })}
        >
          {t.login}
        </Switch>
      )}
      {set.problem === null ? null : <ProblemNote problem={set.problem} />}
    </Panel>
  );
}
