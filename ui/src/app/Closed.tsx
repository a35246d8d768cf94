// Before the data folder is open: it is being opened, needs a passphrase, or cannot be.

import { Button, Content, Form, Heading, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ComponentRef, useRef, useState } from "react";
import { backend } from "../backend/call";
import type { Problem, StartState } from "../backend/types";
import { Loading, ProblemNote } from "../parts/States";
import { useDeed } from "../state/tasks";
import { words } from "../words";

const center = style({
  display: "flex",
  flexDirection: "column",
  alignItems: "center",
  justifyContent: "center",
  height: "full",
  padding: 32,
});
const box = style({ display: "flex", flexDirection: "column", gap: 16, width: 480, maxWidth: "full" });
const title = style({ font: "heading", margin: 0 });
const text = style({ font: "body", margin: 0 });

type TextFieldRef = ComponentRef<typeof TextField>;

export function Closed({ start }: { start: StartState | undefined }) {
  return (
    <main className={center}>
      {start?.state === "needs_passphrase" ? (
        <Passphrase problem={start.problem} />
      ) : start?.state === "failed" ? (
        <Failed problem={start.problem} />
      ) : (
        <Loading label={words.common.start.opening} />
      )}
    </main>
  );
}

function Passphrase({ problem }: { problem: Problem | null }) {
  const [passphrase, setPassphrase] = useState("");
  const unlock = useDeed(backend.unlock);
  const field = useRef<TextFieldRef>(null);
  const submit = async () => {
    await unlock.run(passphrase);
    setPassphrase("");
    field.current?.focus();
  };
  return (
    <div className={box}>
      <h1 className={title}>{words.common.start.passphraseTitle}</h1>
      <p className={text}>{words.common.start.passphraseHelp}</p>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          type="password"
          label={words.common.start.passphrase}
          value={passphrase}
          onChange={setPassphrase}
          autoFocus
          ref={field}
        />
        <div>
          <Button variant="accent" type="submit" isPending={unlock.busy} isDisabled={passphrase === ""}>
            {words.common.start.unlock}
          </Button>
        </div>
      </Form>
    </div>
  );
}

function Failed({ problem }: { problem: Problem }) {
  const again = useDeed(backend.openAgain);
  return (
    <div className={box}>
      <Heading styles={title}>{words.common.start.failedTitle}</Heading>
      <Content>
        <ProblemNote
          problem={problem}
          action={
            <Button variant="accent" isPending={again.busy} onPress={() => void again.run(undefined)}>
              {words.common.tryAgain}
            </Button>
          }
        />
      </Content>
    </div>
  );
}
