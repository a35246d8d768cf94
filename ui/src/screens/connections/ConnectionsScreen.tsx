// Connections: a card each, with its test and what to do about it.

import { Button, DialogContainer } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useCallback, useState } from "react";
import type { ConnectionLine } from "../../backend/types";
import { Page } from "../../parts/Page";
import { Answer, Empty } from "../../parts/States";
import { useConnections, useSecretPlace } from "../../state/queries";
import { words } from "../../words";
import { ConnectionCard } from "./ConnectionCard";
import { ConnectionForm } from "./ConnectionForm";
import { SecretForm } from "./SecretForm";

const t = words.connections;

/** What is being filled in, over the list. */
type Open = { form: "add" } | { form: "edit" | "secret"; connection: ConnectionLine } | null;

export function ConnectionsScreen({ adding }: { adding: boolean }) {
  const all = useConnections();
  const place = useSecretPlace();
  const [open, setOpen] = useState<Open>(adding ? { form: "add" } : null);
  const [added, setAdded] = useState<string | null>(null);
  const [untested, setUntested] = useState<string | null>(null);
  const tested = useCallback(() => setUntested(null), []);
  const close = () => setOpen(null);
  const isFirst = all.data?.length === 0;
  const add = (
    <Button variant={isFirst ? "accent" : "secondary"} onPress={() => setOpen({ form: "add" })}>
      {t.add}
    </Button>
  );
  return (
    <Page
      title={t.title}
      subtitle={t.subtitle[place]}
      actions={all.data === undefined || isFirst ? undefined : add}
    >
      <Answer of={all}>
        {(connections) =>
          connections.length === 0 ? (
            <Empty title={t.emptyTitle} actions={add}>
              {t.emptyText}
            </Empty>
          ) : (
            <div className={style({ display: "flex", flexDirection: "column", gap: 16 })}>
              {connections.map((connection) => (
                <ConnectionCard
                  key={connection.id}
                  connection={connection}
                  edit={() => setOpen({ form: "edit", connection })}
                  replaceSecret={() => setOpen({ form: "secret", connection })}
                  isNew={connection.name === added}
                  toTest={connection.name === untested ? tested : null}
                />
              ))}
            </div>
          )
        }
      </Answer>
      <DialogContainer onDismiss={close}>
        {open === null ? null : open.form === "secret" ? (
          <SecretForm connection={open.connection} close={close} />
        ) : (
          <ConnectionForm
            connection={open.form === "edit" ? open.connection : null}
            added={(name) => {
              setAdded(name);
              setUntested(name);
            }}
            close={close}
          />
        )}
      </DialogContainer>
    </Page>
  );
}
