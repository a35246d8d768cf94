// A webhook's address, and a mail server with its password, which goes straight to the
// backend and is forgotten here as soon as it is sent.

import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  Form,
  Heading,
  TextField,
  ToastQueue,
} from "@react-spectrum/s2";
import { type ReactNode, useState } from "react";
import { backend } from "../../backend/call";
import type { AlertChange, MailChannel, Problem } from "../../backend/types";
import { ProblemNote } from "../../parts/States";
import { useSecretPlace } from "../../state/queries";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.alerts;

export function WebhookForm({ close }: { close: () => void }) {
  const [webhook, setWebhook] = useState("");
  const save = useDeed(() => backend.setAlerts({ webhook }, null));
  const submit = async () => {
    if ((await save.run(undefined)) !== undefined) {
      ToastQueue.positive(t.saved, { timeout: 5000 });
      close();
    }
  };
  return (
    <Frame
      title={t.webhookTitle}
      complete={webhook.trim() !== ""}
      busy={save.busy}
      problem={save.problem}
      submit={submit}
      close={close}
    >
      <TextField
        autoFocus
        isRequired
        autoComplete="off"
        label={t.address}
        description={t.addressHelp}
        value={webhook}
        onChange={setWebhook}
      />
    </Frame>
  );
}

export function MailForm({ mail, close }: { mail: MailChannel | null; close: () => void }) {
  const [smtp, setSmtp] = useState(mail?.smtp ?? "");
  const [from, setFrom] = useState(mail?.from ?? "");
  const [to, setTo] = useState(mail?.to.join(", ") ?? "");
  const [user, setUser] = useState(mail?.user ?? "");
  const [password, setPassword] = useState("");
  const place = useSecretPlace();
  const save = useDeed((change: AlertChange) => backend.setAlerts(change, password === "" ? null : password));
  const addresses = to.split(/[,;\s]+/).filter((address) => address !== "");
  const submit = async () => {
    const saved = await save.run({ smtp, from: from.trim(), to: addresses, user });
    setPassword("");
    if (saved !== undefined) {
      ToastQueue.positive(t.saved, { timeout: 5000 });
      close();
    }
  };
  return (
    <Frame
      title={t.mailTitle}
      complete={smtp.trim() !== "" && from.trim() !== "" && addresses.length > 0}
      busy={save.busy}
      problem={save.problem}
      submit={submit}
      close={close}
    >
      <TextField
        autoFocus
        isRequired
        label={t.server}
        description={t.serverHelp}
        value={smtp}
        onChange={setSmtp}
      />
      <TextField isRequired label={t.from} value={from} onChange={setFrom} />
      <TextField isRequired label={t.to} description={t.toHelp} value={to} onChange={setTo} />
      <TextField label={t.user} description={t.userHelp} autoComplete="off" value={user} onChange={setUser} />
      {user.trim() === "" ? null : (
        <TextField
          type="password"
          autoComplete="off"
          label={t.password}
          description={mail?.user ? t.passwordKept : t.passwordHelp[place]}
          value={password}
          onChange={setPassword}
        />
      )}
    </Frame>
  );
}

interface FrameProps {
  title: string;
  complete: boolean;
  busy: boolean;
  problem: Problem | null;
  submit: () => Promise<void>;
  close: () => void;
  children: ReactNode;
}

function Frame({ title, complete, busy, problem, submit, close, children }: FrameProps) {
  return (
    <Dialog size="M">
      <Heading slot="title">{title}</Heading>
      <Content>
        <Form
          id="alert-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (complete && !busy) {
              void submit();
            }
          }}
        >
          {children}
          {problem === null ? null : <ProblemNote problem={problem} />}
        </Form>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={close}>
          {words.common.cancel}
        </Button>
        <Button variant="accent" type="submit" form="alert-form" isDisabled={!complete} isPending={busy}>
          {words.common.save}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
