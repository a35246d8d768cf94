// The file that is to be looked at, wherever on the page it was chosen or dropped.

import { ToastQueue } from "@react-spectrum/s2";
import { useEffect, useState } from "react";
import { backend } from "../../backend/call";
import { hear } from "../../backend/events";
import { problemOf } from "../../backend/problem";
import type { OfferedFile } from "../../backend/types";
import { told } from "../../words/problems";

/** A file, and the audience whose next snapshot it is to be, if one was named. */
export interface Offer {
  file: OfferedFile;
  audience: string | null;
}

const watchers = new Set<(offer: Offer) => void>();

/** Asks for a file in the system's own dialog, and has it looked at; whether one was chosen. */
export async function chooseFile(audience: string | null): Promise<boolean> {
  try {
    const file = await backend.chooseFile();
    if (file !== null) {
      for (const watcher of watchers) {
        watcher({ file, audience });
      }
    }
    return file !== null;
  } catch (cause) {
    tell(cause);
    return false;
  }
}

function tell(cause: unknown): void {
  const problem = problemOf(cause);
  ToastQueue.negative(told(problem), { timeout: 8000 });
}

/** Takes the files that wait in the backend; one that is of no use says why. */
async function takeWaiting(offered: (next: Offer) => void): Promise<void> {
  for (;;) {
    try {
      const file = await backend.waitingFile();
      if (file === null) {
        return;
      }
      offered({ file, audience: null });
    } catch (cause) {
      tell(cause);
      // The next one may be of use; a backend that does not answer is not asked for ever.
      if (problemOf(cause).code !== "file_unreadable") {
        return;
      }
    }
  }
}

export interface Offered {
  /** The file that is to be looked at now. */
  offer: Offer | null;
  /** How many come after it. */
  more: number;
  /** Done with one: the next is looked at. */
  done: (offer: Offer) => void;
}

/** Files are looked at one by one, in the order in which they were given. */
export function useOffered(): Offered {
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  useEffect(() => {
    const offered = (next: Offer) => setOffers((before) => [...before, next]);
    watchers.add(offered);
    // One that was given before anybody listened waits in the backend.
    void takeWaiting(offered);
    const end = hear("file-offered", () => void takeWaiting(offered));
    return () => {
      watchers.delete(offered);
      end();
    };
  }, []);
  return {
    offer: offers[0] ?? null,
    more: Math.max(offers.length - 1, 0),
    done: (offer) => setOffers((before) => before.filter((one) => one !== offer)),
  };
}

/** Whether a file is held over the window. */
export function useDragging(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => hear("dragging", setDragging), []);
  return dragging;
}
