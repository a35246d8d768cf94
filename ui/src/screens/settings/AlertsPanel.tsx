// Where alerts go beside the desktop: a webhook and a mail server, for all syncs.

import { Button, ButtonGroup, DialogContainer } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { backend } from "../../backend/call";
import type { AlertChannels, AlertTest, Channel } from "../../backend/types";
import { Confirm } from "../../parts/Confirm";
import { Facts } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { Answer, Note, ProblemNote } from "../../parts/States";
import { useAlertChannels } from "../../state/queries";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { told } from "../../words/problems";
import { MailForm, WebhookForm } from "./AlertForms";

const t = words.alerts;

export function AlertsPanel() {
  const channels = useAlertChannels();
  return <Answer of={channels}>{(set) => <Channels set={set} />}</Answer>;
}

type Open = "webhook" | "email" | null;

function Channels({ set }: { set: AlertChannels }) {
  const [open, setOpen] = useState<Open>(null);
  const [clearing, setClearing] = useState<Channel | null>(null);
  const test = useDeed(() => backend.testAlerts());
  const clear = useDeed(backend.clearAlerts);
  const { webhook, email } = set;
  return (
    <Panel
      title={t.title}
      note={t.channelsNote}
      actions={
        <ButtonGroup>
          <Button variant="secondary" onPress={() => setOpen("webhook")}>
            {t.setWebhook}
          </Button>
          <Button variant="secondary" onPress={() => setOpen("email")}>
            {t.setMail}
          </Button>
          <Button
            variant="accent"
            isDisabled={webhook === null && email === null}
            isPending={test.busy}
            onPress={() => void test.run(undefined)}
          >
            {t.test}
          </Button>
        </ButtonGroup>
      }
    >
      <Facts
        lines={[
          [t.webhook, webhook === null ? t.notSet : t.webhookSet(webhook.address)],
          [t.mail, email === null ? t.notSet : t.mailSet(email.smtp, email.to.join(", "))],
        ]}
      />
      {webhook === null && email === null ? null : (
        <ButtonGroup>
          {webhook === null ? null : (
            <Button variant="secondary" size="S" onPress={() => setClearing("webhook")}>
              {t.clear.webhook}
            </Button>
          )}
          {email === null ? null : (
            <Button variant="secondary" size="S" onPress={() => setClearing("email")}>
              {t.clear.email}
            </Button>
          )}
        </ButtonGroup>
      )}
      {test.problem === null ? null : <ProblemNote problem={test.problem} />}
      {clear.problem === null ? null : <ProblemNote problem={clear.problem} />}
      {test.result === undefined || test.busy ? null : <Tested test={test.result} />}
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open === "webhook" ? <WebhookForm close={() => setOpen(null)} /> : null}
        {open === "email" ? <MailForm mail={email} close={() => setOpen(null)} /> : null}
      </DialogContainer>
      <Confirm
        open={clearing !== null}
        title={t.clearTitle}
        deed={t.clear[clearing ?? "webhook"]}
        onConfirm={() => void (clearing === null ? null : clear.run(clearing))}
        onClose={() => setClearing(null)}
      >
        {t.clearText}
      </Confirm>
    </Panel>
  );
}

/** What became of the word that was sent by each. */
function Tested({ test }: { test: AlertTest }) {
  return (
    <div role="status" className={style({ display: "flex", flexDirection: "column", gap: 8 })}>
      {test.channels.map(({ channel, problem }) => (
        <Note
          key={channel}
          tone={problem === null ? "positive" : "negative"}
          title={problem === null ? t.channels[channel] : t.tested.failed[channel]}
          text={problem === null ? t.tested.ok : told(problem)}
        />
      ))}
    </div>
  );
}
