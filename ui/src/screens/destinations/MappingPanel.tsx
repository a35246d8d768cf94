// Which column fills which field, side by side with what is in the column; and what is
// required, ticked or marked while somebody maps.

import {
  Button,
  ComboBox,
  ComboBoxItem,
  Picker,
  PickerItem,
  StatusLight,
  ToastQueue,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { backend } from "../../backend/call";
import type { AudienceDocument, Fault, ServiceDescription } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { useProfile } from "../../state/queries";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { counted } from "../../words/format";
import { type Draft, faultAt, type Line } from "./draft";

const t = words.destinations;
const NOT_MAPPED = "";
const DEDUPE = "DedupeField";
/** What Marketo needs to create a person (seed 001, "Required mappings"). */
const REQUIRED = ["firstName", "lastName", "email"];

const head = style({ display: "flex", flexWrap: "wrap", gap: 16, alignItems: "end" });
const table = style({ display: "flex", flexDirection: "column", gap: 4 });
const row = style({
  display: "grid",
  gridTemplateColumns: "minmax(120px, 1fr) minmax(140px, 1.4fr) minmax(220px, 1.4fr) 170px",
  gap: 16,
  alignItems: "start",
  paddingY: 8,
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  font: "ui",
});
const headRow = style({ fontWeight: "bold" });
const cell = style({ minWidth: 0, overflowWrap: "anywhere", paddingTop: 8 });
const examples = style({ color: "neutral-subdued" });
const rules = style({
  display: "flex",
  flexWrap: "wrap",
  columnGap: 24,
  rowGap: 4,
  margin: 0,
  padding: 0,
  listStyleType: "none",
});

export interface MappingPanelProps {
  draft: Draft;
  change: (some: Partial<Draft>) => void;
  audiences: readonly AudienceDocument[];
  audience: string | null;
  setAudience: (name: string) => void;
  description: ServiceDescription | null;
  faults: readonly Fault[];
  companyFields: readonly string[];
}

export function MappingPanel(props: MappingPanelProps) {
  const { draft, change, audiences, audience, setAudience, description, faults, companyFields } = props;
  const chosen = audiences.find((one) => one.name === audience);
  const profile = useProfile(audience, chosen?.snapshot_at);
  const suggest = useDeed(async () => {
    const all = await backend.suggestMapping(audience ?? "", draft.connection);
    const taken = new Set(draft.lines.map((line) => line.target));
    const byColumn = new Map(
      all.filter((one) => !taken.has(one.target)).map((one) => [one.source, one.target]),
    );
    let added = 0;
    let keyColumn = draft.keyColumn;
    const lines = draft.lines.map((line) => {
      const target = line.target === null ? byColumn.get(line.column) : undefined;
      if (target === undefined) {
        return line;
      }
      if (target === draft.dedupeField) {
        if (keyColumn === "") {
          keyColumn = line.column;
          added += 1;
        }
        return line;
      }
      added += 1;
      return { ...line, target };
    });
    change({ lines, keyColumn });
    ToastQueue.info(added === 0 ? t.nothingSuggested : t.suggested(counted(added, "field", "fields")), {
      timeout: 5000,
    });
  });
  const writable = (description?.fields ?? []).filter((field) => field.writable);
  const targets = [
    { id: NOT_MAPPED, name: t.notMapped },
    { id: DEDUPE, name: `${t.identifies} (${draft.dedupeField})` },
    ...writable.map((field) => ({ id: field.name, name: `${field.display_name} (${field.name})` })),
  ];
  const setLine = (column: string, some: Partial<Line>) =>
    change({ lines: draft.lines.map((line) => (line.column === column ? { ...line, ...some } : line)) });
  const map = (line: Line, target: string) => {
    if (target === DEDUPE) {
      change({
        keyColumn: line.column,
        lines: draft.lines.map((one) => (one.column === line.column ? { ...one, target: null } : one)),
      });
    } else {
      const wasKey = draft.keyColumn === line.column;
      change({
        ...(wasKey ? { keyColumn: "" } : {}),
        lines: draft.lines.map((one) =>
          one.column === line.column ? { ...one, target: target === NOT_MAPPED ? null : target } : one,
        ),
      });
    }
  };
  return (
    <Panel title={t.mapping} note={t.mappingNote}>
      <div className={head}>
        <Picker
          label={t.sampleFrom}
          description={audiences.length === 0 ? t.noAudience : t.sampleFromHelp}
          selectedKey={audience}
          isDisabled={audiences.length === 0}
          onSelectionChange={(key) => key !== null && setAudience(String(key))}
          styles={style({ width: 320 })}
        >
          {audiences.map((one) => (
            <PickerItem key={one.name} id={one.name}>
              {one.name}
            </PickerItem>
          ))}
        </Picker>
        <Button
          variant="secondary"
          isDisabled={audience === null || description === null}
          isPending={suggest.busy}
          onPress={() => void suggest.run(undefined)}
        >
          {t.suggest}
        </Button>
      </div>
      <Rules draft={draft} faults={faults} />
      {companyFields.length === 0 ? null : (
        <StatusLight variant="notice">{t.company(companyFields.join(", "))}</StatusLight>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a grid of controls, laid out as such */}
      <div className={table} role="table" aria-label={t.mapping}>
        {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above */}
        <div role="row" className={`${row} ${headRow}`}>
          {[t.column, t.values, t.field, t.blank].map((name) => (
            // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
            <div role="columnheader" key={name}>
              {name}
            </div>
          ))}
        </div>
        {draft.lines.map((line) => (
          <MappingLine
            key={line.column}
            line={line}
            isKey={draft.keyColumn === line.column}
            values={profile.data?.columns.find((column) => column.name === line.column)?.examples ?? []}
            targets={targets}
            fault={lineFault(faults, line, draft.keyColumn === line.column)}
            map={(target) => map(line, target)}
            clear={(clearWhenBlank) => setLine(line.column, { clearWhenBlank })}
          />
        ))}
      </div>
    </Panel>
  );
}

function lineFault(faults: readonly Fault[], line: Line, isKey: boolean): string | undefined {
  return faultAt(
    faults,
    (place) =>
      (isKey && place === "key_column") ||
      (typeof place === "object" && "rule" in place && place.rule === line.target),
  );
}

interface MappingLineProps {
  line: Line;
  isKey: boolean;
  values: readonly string[];
  targets: readonly { id: string; name: string }[];
  fault: string | undefined;
  map: (target: string) => void;
  clear: (clearWhenBlank: boolean) => void;
}

function MappingLine({ line, isKey, values, targets, fault, map, clear }: MappingLineProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
    <div role="row" className={row}>
      {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above */}
      <div role="rowheader" className={cell} dir="auto">
        {line.column}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="cell" className={`${cell} ${examples}`} dir="auto">
        {values.join(" · ")}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="cell">
        <ComboBox
          aria-label={`${t.field}: ${line.column}`}
          defaultItems={targets}
          selectedKey={isKey ? DEDUPE : (line.target ?? NOT_MAPPED)}
          onSelectionChange={(key) => key !== null && map(String(key))}
          isInvalid={fault !== undefined}
          errorMessage={fault}
          styles={style({ width: "full" })}
        >
          {(target) => <ComboBoxItem id={target.id}>{target.name}</ComboBoxItem>}
        </ComboBox>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="cell">
        {line.target === null || isKey ? null : (
          <Picker
            aria-label={`${t.blank}: ${line.column}`}
            selectedKey={line.clearWhenBlank ? "clear" : "keep"}
            onSelectionChange={(key) => clear(key === "clear")}
            styles={style({ width: "full" })}
          >
            <PickerItem id="keep">{t.blankKeep}</PickerItem>
            <PickerItem id="clear">{t.blankClear}</PickerItem>
          </Picker>
        )}
      </div>
    </div>
  );
}

/** The dedupe field and the fields that creating people needs, each ticked or marked. */
function Rules({ draft, faults }: { draft: Draft; faults: readonly Fault[] }) {
  const missing = faults.flatMap((fault) =>
    typeof fault.place === "object" && "required" in fault.place ? [fault.place.required] : [],
  );
  const creates = draft.personAction === "update-and-create";
  return (
    <ul className={rules}>
      <li>
        {draft.keyColumn === "" ? (
          <StatusLight variant="negative">{t.dedupeMissing}</StatusLight>
        ) : (
          <StatusLight variant="positive">{t.dedupeOk(draft.keyColumn, draft.dedupeField)}</StatusLight>
        )}
      </li>
      {creates
        ? REQUIRED.filter((field) => field !== draft.dedupeField).map((field) => (
            <li key={field}>
              {missing.includes(field) ? (
                <StatusLight variant="negative">{t.requiredMissing(t.fields[field] ?? field)}</StatusLight>
              ) : (
                <StatusLight variant="positive">{t.requiredOk(t.fields[field] ?? field)}</StatusLight>
              )}
            </li>
          ))
        : null}
    </ul>
  );
}
