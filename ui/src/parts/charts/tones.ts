// What a colour means in every chart; the words beside it say the same.

export type Tone = "whole" | "good" | "info" | "calm" | "notice" | "bad" | "refused" | "doubt";

export const FILL: Record<Tone, string> = {
  whole: "var(--usher-whole)",
  good: "var(--usher-good)",
  info: "var(--usher-info)",
  calm: "var(--usher-calm)",
  notice: "var(--usher-notice)",
  bad: "var(--usher-bad)",
  refused: "var(--usher-refused)",
  doubt: "var(--usher-doubt)",
};

export const TICK = {
  fill: "var(--usher-text)",
  fontSize: 13,
  fontFamily: "Source Sans 3 Variable",
} as const;
