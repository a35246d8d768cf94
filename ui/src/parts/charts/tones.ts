// What a colour means in every chart; the words beside it say the same.

export type Tone =
  | "whole"
  | "good"
  | "info"
  | "calm"
  | "notice"
  | "bad"
  | "refused"
  | "doubt"
  | "open"
  | "rest";

export const FILL: Record<Tone, string> = {
  whole: "var(--usher-whole)",
  good: "var(--usher-good)",
  info: "var(--usher-info)",
  calm: "var(--usher-calm)",
  notice: "var(--usher-notice)",
  bad: "var(--usher-bad)",
  refused: "var(--usher-refused)",
  doubt: "var(--usher-doubt)",
  open: "var(--usher-open)",
  // What is not used up: the track that a bar fills.
  rest: "var(--usher-grid)",
};

export const TICK = {
  fill: "var(--usher-text)",
  fontSize: 13,
  // In quotes: a name with a number in it is none without them.
  fontFamily: '"Source Sans 3 Variable", sans-serif',
} as const;
