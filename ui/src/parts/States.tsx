// What a screen shows when it has nothing else to show yet: that it waits, that there is
// nothing, or what went wrong.

import {
  Button,
  ButtonGroup,
  Content,
  Heading,
  IllustratedMessage,
  InlineAlert,
  ProgressCircle,
} from "@react-spectrum/s2";
import FolderOpen from "@react-spectrum/s2/illustrations/linear/FolderOpen";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { UseQueryResult } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { problemOf } from "../backend/problem";
import type { Problem } from "../backend/types";
import { go, to, useRoute } from "../state/route";
import { words } from "../words";
import { told, whatHappened, whereToMend } from "../words/problems";
import { Page } from "./Page";

const center = style({
  display: "flex",
  alignItems: "center",
  justifyContent: "center",
  flexGrow: 1,
  padding: 32,
});

export function Loading({ label = words.common.loading }: { label?: string }) {
  return (
    <div className={center}>
      <ProgressCircle aria-label={label} isIndeterminate size="L" />
    </div>
  );
}

/** Nothing here yet: what would be here, and how to get it. */
export function Empty({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={center}>
      <IllustratedMessage>
        <FolderOpen />
        <Heading level={2}>{title}</Heading>
        <Content>{children}</Content>
        {actions === undefined ? null : <ButtonGroup>{actions}</ButtonGroup>}
      </IllustratedMessage>
    </div>
  );
}

export interface NoteProps {
  tone: "informative" | "positive" | "notice" | "negative";
  title: string;
  text: ReactNode;
  actions?: ReactNode;
}

/** Something that somebody has to know, and buttons that do something about it. */
export function Note({ tone, title, text, actions }: NoteProps) {
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 8 })}>
      <InlineAlert variant={tone} fillStyle="subtleFill">
        <Heading level={2}>{title}</Heading>
        <Content>{text}</Content>
      </InlineAlert>
      {/* Dialogs set their own buttons at the end; these belong to what is above them. */}
      {actions === undefined ? null : <ButtonGroup align="start">{actions}</ButtonGroup>}
    </div>
  );
}

/** The things that problems shown here are about, by their screens, so that the way to mend
    one leads to the thing itself. */
export const Concerned = createContext<{
  [screen in keyof typeof words.common.screens]?: string | undefined;
}>({});

/** What happened, what it means, what to do; and a button that does it. */
export function ProblemNote({ problem, action }: { problem: Problem; action?: ReactNode }) {
  const where = whereToMend(problem, useRoute().parts[0]);
  const thing = useContext(Concerned)[where ?? "overview"];
  return (
    <Note
      tone={problem.retryable ? "notice" : "negative"}
      title={whatHappened(problem)}
      text={told(problem)}
      actions={
        action === undefined && where === null ? undefined : (
          <>
            {action}
            {where === null ? null : (
              <Button
                variant="secondary"
                onPress={() => go(to(where, ...(thing === undefined ? [] : [thing])))}
              >
                {words.common.goTo(thing ?? words.common.screens[where])}
              </Button>
            )}
          </>
        )
      }
    />
  );
}

export interface AnswerProps<T> {
  of: UseQueryResult<T>;
  /** Of a whole screen: its heading while there is nothing else of it. */
  screen?: string;
  children: (value: T) => ReactNode;
}

/** A cached answer: waited for, failed with a way to try again, or shown. */
export function Answer<T>({ of, screen, children }: AnswerProps<T>) {
  if (of.data !== undefined) {
    return children(of.data);
  }
  const state = <NoAnswer of={of} />;
  return screen === undefined ? state : <Page title={screen}>{state}</Page>;
}

function NoAnswer<T>({ of }: { of: UseQueryResult<T> }) {
  if (of.isError) {
    return (
      <ProblemNote
        problem={problemOf(of.error)}
        action={
          <Button variant="secondary" onPress={() => void of.refetch()}>
            {words.common.tryAgain}
          </Button>
        }
      />
    );
  }
  return <Loading />;
}
