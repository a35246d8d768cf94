// Which column fills which field, side by side with what is in the column; and what is
// required, ticked or marked while somebody maps.

import { Button, Picker, PickerItem, StatusLight, ToastQueue } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { backend } from "../../backend/call";
import type { AudienceDocument, Fault, ServiceDescription } from "../../backend/types";
import { Panel } from "../../parts/Panel";
import { useProfile } from "../../state/queries";
import { useDeed } from "../../state/tasks";
import { words } from "../../words";
import { counted } from "../../words/format";
import { DEDUPE, type Draft, faultAt, type Line, mapped, newLine } from "./draft";
import { MappingLine, NOT_MAPPED } from "./MappingLine";
import { MappingRules } from "./MappingRules";

const t = words.destinations;

const head = style({ display: "flex", flexWrap: "wrap", gap: 16, alignItems: "start" });
/** Beside the picker itself, below the line of its label. */
const besidePicker = style({ paddingTop: 24 });
const table = style({ width: "full", borderCollapse: "collapse", font: "ui" } as never);
const heading = style({ textAlign: "start", padding: 8, fontWeight: "bold" });

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
    const { draft: filled, added } = withSuggestions(draft, all);
    change(filled);
    const told = added === 0 ? t.nothingSuggested : t.suggested(counted(added, "field is", "fields are"));
    ToastQueue.info(told, { timeout: 5000 });
  });
  const writable = (description?.fields ?? []).filter((field) => field.writable);
  const targets = [
    { id: NOT_MAPPED, name: t.notMapped },
    { id: DEDUPE, name: `${t.identifies} (${draft.dedupeField})` },
    ...writable.map((field) => ({ id: field.name, name: `${field.display_name} (${field.name})` })),
  ];
  const examples = (column: string) =>
    profile.data?.columns.find((one) => one.name === column)?.examples ?? [];
  const at = (id: string) => draft.lines.findIndex((line) => line.id === id);
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
        <div className={besidePicker}>
          <Button
            variant="secondary"
            isDisabled={audience === null || description === null}
            isPending={suggest.busy}
            onPress={() => void suggest.run(undefined)}
          >
            {t.suggest}
          </Button>
        </div>
      </div>
      <MappingRules draft={draft} faults={faults} />
      {companyFields.length === 0 ? null : (
        <StatusLight variant="notice">{t.company(companyFields.join(", "))}</StatusLight>
      )}
      <table className={table} aria-label={t.mapping}>
        <thead>
          <tr>
            {[t.column, t.values, t.field, t.blank, t.more].map((name) => (
              <th key={name} scope="col" className={heading}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {draft.lines.map((line) => (
            <MappingLine
              key={line.id}
              line={line}
              values={examples(line.column)}
              targets={targets}
              fault={lineFault(faults, line)}
              map={(target) => change(mapped(draft, line.id, target))}
              clear={(clearWhenBlank) =>
                change({
                  lines: draft.lines.map((one) => (one.id === line.id ? { ...one, clearWhenBlank } : one)),
                })
              }
              remove={
                draft.lines.filter((one) => one.column === line.column).length > 1
                  ? () => change({ lines: draft.lines.filter((one) => one.id !== line.id) })
                  : null
              }
              again={() => change({ lines: draft.lines.toSpliced(at(line.id) + 1, 0, newLine(line.column)) })}
            />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** With what is proposed for lines that are not mapped, each field once; how many were added. */
function withSuggestions(
  draft: Draft,
  all: readonly { source: string; target: string }[],
): { draft: Draft; added: number } {
  let filled = draft;
  let added = 0;
  for (const { source, target } of all) {
    const wanted = target === draft.dedupeField ? DEDUPE : target;
    const line = filled.lines.find((one) => one.column === source && one.target === null);
    if (line !== undefined && !filled.lines.some((one) => one.target === wanted)) {
      filled = mapped(filled, line.id, wanted);
      added += 1;
    }
  }
  return { draft: filled, added };
}

function lineFault(faults: readonly Fault[], line: Line): string | undefined {
  return faultAt(
    faults,
    (place) =>
      (line.target === DEDUPE && place === "key_column") ||
      (typeof place === "object" && "rule" in place && place.rule === line.target),
  );
}
