// One line of a mapping: a column, what is in it, the field it fills, and what a blank does.

import { ActionButton, Badge, ComboBox, ComboBoxItem, Picker, PickerItem, Text } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { Fragment } from "react";
import { words } from "../../words";
import { shortened } from "../../words/format";
import { DEDUPE, type Line } from "./draft";

const t = words.destinations;

/** Characters of a value that are shown. */
const LONGEST = 24;

/** What a column that fills nothing is shown as. */
export const NOT_MAPPED = "not/mapped";

const row = style({ borderWidth: 0, borderTopWidth: 1, borderStyle: "solid", borderColor: "gray-200" });
const cell = style({
  padding: 8,
  textAlign: "start",
  verticalAlign: "middle",
  fontWeight: "normal",
  overflowWrap: "anywhere",
  minWidth: 110,
});
const examples = style({ padding: 8, color: "neutral-subdued", overflowWrap: "anywhere", minWidth: 140 });
const control = style({ padding: 8, width: 160, minWidth: 160 });
const more = style({ padding: 8, width: 104, minWidth: 104 });
const whole = style({ whiteSpace: "nowrap" });
const field = style({ padding: 8, width: 240, minWidth: 220 });

export interface MappingLineProps {
  line: Line;
  values: readonly string[];
  targets: readonly { id: string; name: string }[];
  fault: string | undefined;
  map: (target: string | null) => void;
  clear: (clearWhenBlank: boolean) => void;
  /** Lets the column fill a second field. */
  again: () => void;
  /** Takes the line away, where the column has another one. */
  remove: (() => void) | null;
}

export function MappingLine(props: MappingLineProps) {
  const { line, values, targets, fault, map, clear, again, remove } = props;
  const fills = line.target !== null && line.target !== DEDUPE;
  return (
    <tr className={row}>
      <th scope="row" className={cell}>
        <div className={style({ display: "flex", flexDirection: "column", alignItems: "start", gap: 4 })}>
          <bdi>{line.column}</bdi>
          {line.target === DEDUPE ? (
            <Badge variant="informative" fillStyle="subtle" size="S">
              {t.dedupeBadge}
            </Badge>
          ) : null}
        </div>
      </th>
      <td className={examples} dir="auto">
        {values.map((value, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: examples are known by their place
          <Fragment key={at}>
            {at === 0 ? null : " · "}
            <span className={whole} title={value.length > LONGEST ? value : undefined}>
              {shortened(value, LONGEST)}
            </span>
          </Fragment>
        ))}
      </td>
      <td className={field}>
        <ComboBox
          aria-label={`${t.field}: ${line.column}`}
          defaultItems={targets}
          selectedKey={line.target ?? NOT_MAPPED}
          // An emptied text is somebody typing another name, and chooses nothing yet.
          onSelectionChange={(key) => key !== null && map(key === NOT_MAPPED ? null : String(key))}
          isInvalid={fault !== undefined}
          errorMessage={fault}
          styles={style({ width: "full" })}
        >
          {(target) => <ComboBoxItem id={target.id}>{target.name}</ComboBoxItem>}
        </ComboBox>
      </td>
      <td className={control}>
        {fills ? (
          <Picker
            aria-label={`${t.blank}: ${line.column}`}
            selectedKey={line.clearWhenBlank ? "clear" : "keep"}
            onSelectionChange={(key) => clear(key === "clear")}
            styles={style({ width: "full" })}
          >
            <PickerItem id="keep">{t.blankKeep}</PickerItem>
            <PickerItem id="clear">{t.blankClear}</PickerItem>
          </Picker>
        ) : null}
      </td>
      <td className={more}>
        {remove === null ? null : (
          <ActionButton isQuiet aria-label={t.removeLine(line.column)} onPress={remove}>
            <Close />
            <Text>{t.removeOne}</Text>
          </ActionButton>
        )}
        {line.target === null ? null : (
          <ActionButton isQuiet aria-label={t.again(line.column)} onPress={again}>
            <Add />
            <Text>{t.addOne}</Text>
          </ActionButton>
        )}
      </td>
    </tr>
  );
}
