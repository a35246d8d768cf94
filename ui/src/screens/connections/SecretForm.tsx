// Another secret for a connection. The one that is kept cannot be read, only replaced.

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
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { backend } from "../../backend/call";
import type { ConnectionLine } from "../../backend/types";
import { ProblemNote } from "../../parts/States";
import { secretKept, useSecretPlace } from "../../state/queries";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";

const t = words.connections;

export function SecretForm({ connection, close }: { connection: ConnectionLine; close: () => void }) {
  const [secret, setSecret] = useState("");
  const client = useQueryClient();
  const place = useSecretPlace();
  const save = useDeed(() => backend.replaceSecret(connection.name, secret));
  const submit = async () => {
    const saved = await save.run(undefined);
    setSecret("");
    if (saved !== undefined) {
      secretKept(client, connection.name);
      ToastQueue.positive(t.secretReplaced, { timeout: 5000 });
      close();
    }
  };
  return (
    <Dialog>
      <Heading slot="title">{t.form.secretTitle(connection.name)}</Heading>
      <Content>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            if (secret !== "" && !save.busy) {
              void submit();
            }
          }}
        >
          <TextField
            autoFocus
            isRequired
            type="password"
            autoComplete="off"
            label={t.secret}
            description={t.form.secretHelp[place]}
            value={secret}
            onChange={setSecret}
          />
          {save.problem === null ? null : <ProblemNote problem={save.problem} />}
        </Form>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={close}>
          {words.common.cancel}
        </Button>
        <Button
          variant="accent"
          isDisabled={secret === ""}
          isPending={save.busy}
          onPress={() => void submit()}
        >
          {t.replaceSecret}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
