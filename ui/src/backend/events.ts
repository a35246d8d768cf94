// What the backend tells without being asked: ids and counts, never people.

import { listen } from "@tauri-apps/api/event";
import type { Event, TaskEvent } from "./types";

interface Told {
  /** The data folder is open, or is not. */
  start: null;
  /** A task is this far. */
  task: TaskEvent;
  /** A run is this far. */
  run: Event;
  /** A run has ended; its id. */
  "run-ended": string;
  /** Something was changed, here or by another process. */
  changed: null;
  /** The person gave a file, which waits to be asked for. */
  "file-offered": null;
  /** A file is held over the window, or no longer. */
  dragging: boolean;
}

/** Hears one kind of news until the returned function is called. */
export function hear<K extends keyof Told>(name: K, take: (told: Told[K]) => void): () => void {
  const listening = listen<Told[K]>(name, (event) => take(event.payload));
  return () => void listening.then((end) => end());
}
