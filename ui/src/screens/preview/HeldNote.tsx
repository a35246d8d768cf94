// That guardrails hold the run back, above everything else that the preview says; each is
// allowed where the run is sent.

import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Guardrail } from "../../backend/types";
import { Note } from "../../parts/States";
import { words } from "../../words";
import { count } from "../../words/format";

const t = words.preview;

const list = style({
  display: "flex",
  flexDirection: "column",
  gap: 4,
  margin: 0,
  padding: 0,
  listStyleType: "none",
});

/** What a guardrail found, and what it allows. */
export function guardrailText({ name, found, limit }: Guardrail): string {
  return t.guardrailText[name](count(found), count(limit));
}

export function HeldNote({ guardrails }: { guardrails: readonly Guardrail[] }) {
  return guardrails.length === 0 ? null : (
    <Note
      tone="notice"
      title={t.holding}
      text={
        <ul className={list}>
          {guardrails.map((guardrail) => (
            <li key={guardrail.name}>
              <strong>{t.guardrailNames[guardrail.name]}.</strong> {guardrailText(guardrail)}
            </li>
          ))}
        </ul>
      }
    />
  );
}
