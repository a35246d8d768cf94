// Before the data folder is open: it is being opened, needs a passphrase, or cannot be.

import { Button, Form, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ComponentRef, useRef, useState } from "react";
import { backend } from "../backend/call";
import type { Problem, StartState } from "../backend/types";
import { Loading, ProblemNote } from "../parts/States";
import { useDeed } from "../state/tasks";
import { words } from "../words";

const t = words.common.start;

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
        <Passphrase key={String(start.is_new)} isNew={start.is_new} problem={start.problem} />
      ) : start?.state === "failed" ? (
        <Failed problem={start.problem} orPassphrase={start.or_passphrase} />
      ) : (
        <Loading label={t.opening} />
      )}
    </main>
  );
}

/** Asks for the passphrase of the folder; of a new one it is chosen, and typed twice. */
function Passphrase({ isNew, problem }: { isNew: boolean; problem: Problem | null }) {
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const unlock = useDeed(backend.unlock);
  const field = useRef<TextFieldRef>(null);
  const differs = isNew && again !== "" && again !== passphrase;
  const submit = async () => {
    await unlock.run(passphrase);
    setPassphrase("");
    setAgain("");
    field.current?.focus();
  };
  return (
    <div className={box}>
      <h1 className={title}>{isNew ? t.newTitle : t.passphraseTitle}</h1>
      <p className={text}>{isNew ? t.newHelp : t.passphraseHelp}</p>
      {problem === null ? null : <ProblemNote problem={problem} />}
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          type="password"
          label={t.passphrase}
          value={passphrase}
          onChange={setPassphrase}
          autoFocus
          ref={field}
        />
        {isNew ? (
          <TextField
            type="password"
            label={t.again}
            value={again}
            onChange={setAgain}
            isInvalid={differs}
            errorMessage={t.differs}
          />
        ) : null}
        <div>
          <Button
            variant="accent"
            type="submit"
            isPending={unlock.busy}
            isDisabled={passphrase.trim() === "" || (isNew && again !== passphrase)}
          >
            {isNew ? t.create : t.unlock}
          </Button>
        </div>
      </Form>
    </div>
  );
}

function Failed({ problem, orPassphrase }: { problem: Problem; orPassphrase: boolean }) {
  const again = useDeed(backend.openAgain);
  const [instead, setInstead] = useState(false);
  if (instead) {
    return <Passphrase isNew problem={null} />;
  }
  return (
    <div className={box}>
      <h1 className={title}>{t.failedTitle}</h1>
      <ProblemNote
        problem={problem}
        action={
          <>
            <Button variant="accent" isPending={again.busy} onPress={() => void again.run(undefined)}>
              {words.common.tryAgain}
            </Button>
            {orPassphrase ? (
              <Button variant="secondary" onPress={() => setInstead(true)}>
                {t.instead}
              </Button>
            ) : null}
          </>
        }
      />
    </div>
  );
}
