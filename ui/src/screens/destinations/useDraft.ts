// What somebody has changed of a destination and not saved yet: it waits for them while
// they look something up on another screen, until it is saved or discarded.

import { useState } from "react";
import type { Destination } from "../../backend/types";
import { asked, type Draft, draftOf, emptyDraft } from "./draft";

/** By the id of what they are drafts of; in memory only. */
const unsaved = new Map<string, Draft>();
const NEW = "";

export interface Drafting {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  /** Whether it differs from what is kept. */
  isChanged: boolean;
  /** Goes back to what is kept. */
  discard: () => void;
  /** What is there now is kept. */
  settle: () => void;
}

/** `connection`: the one that a new destination begins with. */
export function useDraft(kept: Destination | undefined, connection: string): Drafting {
  const id = kept?.id ?? NEW;
  const original = () => (kept === undefined ? emptyDraft(connection) : draftOf(kept));
  const [draft, setDraft] = useState<Draft>(() => unsaved.get(id) ?? original());
  const said = (one: Draft) => JSON.stringify(asked(one));
  return {
    draft,
    setDraft: (next) => {
      unsaved.set(id, next);
      setDraft(next);
    },
    isChanged: said(draft) !== said(original()),
    discard: () => {
      unsaved.delete(id);
      setDraft(original());
    },
    settle: () => unsaved.delete(id),
  };
}
