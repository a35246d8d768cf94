// Names of tasks: each is used once while the page is there.

let named = 0;

export function nextName(): string {
  named += 1;
  return `task-${named}`;
}
