// A backend for tests of screens: it answers the commands that it is told of, and refuses others.

type Answers = Record<string, (args: Record<string, unknown>) => unknown>;

/** Answers commands until the next call of it. What throws is refused with what was thrown. */
export function answerWith(answers: Answers): void {
  const internals = {
    transformCallback: () => 0,
    unregisterCallback: () => {},
    invoke: async (command: string, args: Record<string, unknown> = {}) => {
      if (command.startsWith("plugin:event|")) {
        return 0;
      }
      const answer = answers[command];
      if (answer === undefined) {
        throw new Error(`${command} is not answered`);
      }
      return answer(args);
    },
  };
  Object.assign(window, {
    __TAURI_INTERNALS__: internals,
    __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => {} },
  });
}

/** A problem as the backend tells it. */
export function problem(code: string, message: string) {
  return { code, message, hint: "", retryable: false };
}
