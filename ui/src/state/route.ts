// Where the person is: the part of the address behind the `#`, so that back and forward
// work and nothing has to be remembered.

import { useSyncExternalStore } from "react";

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

function here(): string {
  return window.location.hash.slice(1) || "/";
}

export function go(path: string): void {
  window.location.hash = path;
}

/** The present path, cut at its slashes: `/runs/run_1` is `["runs", "run_1"]`. */
export function useRoute(): { path: string; parts: string[] } {
  const path = useSyncExternalStore(subscribe, here);
  return { path, parts: path.split("/").filter(Boolean).map(decodeURIComponent) };
}

/** A path from its parts. */
export function to(...parts: string[]): string {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}
