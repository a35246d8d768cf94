// What is set for the data folder as a whole, and where its alerts go.

import { Page } from "../../parts/Page";
import { Answer } from "../../parts/States";
import { useSettings } from "../../state/queries";
import { words } from "../../words";
import { AlertsPanel } from "./AlertsPanel";
import { GuardrailsPanel } from "./GuardrailsPanel";
import { KeepingPanel } from "./KeepingPanel";
import { LoginPanel } from "./LoginPanel";

const t = words.settings;

export function SettingsScreen() {
  return (
    <Page title={t.title} subtitle={t.subtitle}>
      <Answer of={useSettings()}>
        {(settings) => (
          <>
            <LoginPanel on={settings.starts_at_login} />
            <AlertsPanel />
            <KeepingPanel
              key={`${settings.keep_values_days}/${settings.keep_people_days}`}
              settings={settings}
            />
            <GuardrailsPanel key={JSON.stringify(settings.guardrails)} limits={settings.guardrails} />
          </>
        )}
      </Answer>
    </Page>
  );
}
