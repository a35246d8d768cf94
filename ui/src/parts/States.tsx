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
import type { ReactNode } from "react";
import { problemOf } from "../backend/problem";
import type { Problem } from "../backend/types";
import { words } from "../words";
import { toDo, whatHappened } from "../words/problems";

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

/** What happened, what it means, what to do; and a button that does it. */
export function ProblemNote({ problem, action }: { problem: Problem; action?: ReactNode }) {
  return (
    <div className={style({ display: "flex", flexDirection: "column", gap: 8 })}>
      <InlineAlert variant={problem.retryable ? "notice" : "negative"} fillStyle="subtleFill">
        <Heading level={2}>{whatHappened(problem)}</Heading>
        <Content>
          {problem.message} {toDo(problem)}
        </Content>
      </InlineAlert>
      {action === undefined ? null : <div>{action}</div>}
    </div>
  );
}

/** A cached answer: waited for, failed with a way to try again, or shown. */
export function Answer<T>({ of, children }: { of: UseQueryResult<T>; children: (value: T) => ReactNode }) {
  if (of.data !== undefined) {
    return children(of.data);
  }
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
