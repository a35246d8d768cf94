// The file that is to be looked at, wherever on the page it was chosen or dropped.

import { ToastQueue } from "@react-spectrum/s2";
import { useEffect, useState } from "react";
import { backend } from "../../backend/call";
import { hear } from "../../backend/events";
import { problemOf } from "../../backend/problem";
import type { OfferedFile } from "../../backend/types";
import { toDo } from "../../words/problems";

/** A file, and the audience whose next snapshot it is to be, if one was named. */
export interface Offer {
  file: OfferedFile;
  audience: string | null;
}

const watchers = new Set<(offer: Offer) => void>();

/** Asks for a file in the system's own dialog, and has it looked at. */
export async function chooseFile(audience: string | null): Promise<void> {
  try {
    const file = await backend.chooseFile();
    if (file !== null) {
      for (const watcher of watchers) {
        watcher({ file, audience });
      }
    }
  } catch (cause) {
    tell(cause);
  }
}

function tell(cause: unknown): void {
  const problem = problemOf(cause);
  ToastQueue.negative(`${problem.message} ${toDo(problem)}`, { timeout: 8000 });
}

/** The file that is to be looked at now, and how to be done with it. */
export function useOffered(): { offer: Offer | null; done: () => void } {
  const [offer, setOffer] = useState<Offer | null>(null);
  useEffect(() => {
    // One file at a time: what is being looked at is not pushed aside.
    const offered = (next: Offer) => setOffer((before) => before ?? next);
    watchers.add(offered);
    const takeWaiting = async () => {
      try {
        const file = await backend.waitingFile();
        if (file !== null) {
          setOffer((before) => before ?? { file, audience: null });
        }
      } catch (cause) {
        tell(cause);
      }
    };
    // One that was given before anybody listened waits in the backend.
    void takeWaiting();
    const end = hear("file-offered", () => void takeWaiting());
    return () => {
      watchers.delete(offered);
      end();
    };
  }, []);
  return { offer, done: () => setOffer(null) };
}

/** Whether a file is held over the window. */
export function useDragging(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => hear("dragging", setDragging), []);
  return dragging;
}
