// The dedupe field and the fields that creating people needs, each ticked or marked while
// somebody maps.

import { Badge, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../../backend/types";
import { words } from "../../words";
import { type Draft, faultAt, keyColumn } from "./draft";

const t = words.destinations;
/** What Marketo needs to create a person (seed 001, "Required mappings"). */
const REQUIRED = ["firstName", "lastName", "email"];

const rules = style({
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  columnGap: 24,
  rowGap: 4,
  margin: 0,
  padding: 0,
  listStyleType: "none",
});
const missing = style({ display: "flex", alignItems: "center", gap: 8 });

export interface MappingRulesProps {
  draft: Draft;
  faults: readonly Fault[];
}

export function MappingRules({ draft, faults }: MappingRulesProps) {
  const key = keyColumn(draft);
  const creates = draft.personAction === "update-and-create";
  return (
    <ul className={rules}>
      <li>
        {key === "" ? (
          <StatusLight variant="negative">{t.dedupeMissing}</StatusLight>
        ) : (
          <StatusLight variant="positive">{t.dedupeOk(key, draft.dedupeField)}</StatusLight>
        )}
      </li>
      {creates
        ? REQUIRED.filter((field) => field !== draft.dedupeField).map((field) => (
            <li key={field}>
              <Rule field={field} draft={draft} faults={faults} />
            </li>
          ))
        : null}
    </ul>
  );
}

/** A field without which nobody is created. */
function Rule({ field, draft, faults }: MappingRulesProps & { field: string }) {
  const name = t.fields[field] ?? field;
  const absent = faultAt(
    faults,
    (place) => typeof place === "object" && "required" in place && place.required === field,
  );
  const fault = faultAt(
    faults,
    (place) => typeof place === "object" && "rule" in place && place.rule === field,
  );
  if (absent !== undefined) {
    return (
      <span className={missing}>
        <StatusLight variant="negative">{t.requiredMissing(name)}</StatusLight>
        <Badge variant="negative" fillStyle="subtle" size="S">
          {t.requiredBadge}
        </Badge>
      </span>
    );
  }
  if (fault === undefined) {
    return <StatusLight variant="positive">{t.requiredOk(name)}</StatusLight>;
  }
  const isTwice = draft.lines.filter((line) => line.target === field).length > 1;
  return <StatusLight variant="negative">{isTwice ? t.requiredTwice(name) : fault}</StatusLight>;
}
