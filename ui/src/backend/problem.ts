// What a command answers when it cannot do what was asked: a code to switch on, and
// words to show. Nothing is ever told from the words.

import type { Code, Problem } from "./types";

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = "ProblemError";
    this.problem = problem;
  }

  get code(): Code {
    return this.problem.code;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "hint" in value;
}

/** Any failure as a problem; what the backend did not say itself is a fault of Usher's own. */
export function problemOf(cause: unknown): Problem {
  if (cause instanceof ProblemError) {
    return cause.problem;
  }
  if (isProblem(cause)) {
    return cause;
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: "internal", message, hint: "", retryable: false };
}
