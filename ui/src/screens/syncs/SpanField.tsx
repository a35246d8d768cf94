// A length of time: a number and its unit, side by side.

import { NumberField, Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { words } from "../../words";

const t = words.syncs.schedule;

const UNITS = ["m", "h", "d"] as const;

export interface SpanFieldProps {
  label: string;
  number: number;
  /** A letter, as the command line takes it. */
  unit: string;
  onNumber: (number: number) => void;
  onUnit: (unit: string) => void;
}

export function SpanField({ label, number, unit, onNumber, onUnit }: SpanFieldProps) {
  // Seconds are for the command line; one that is there stays to be chosen.
  const units = [...new Set<string>([...UNITS, unit])];
  return (
    <div className={style({ display: "flex", gap: 16 })}>
      <NumberField label={label} minValue={1} step={1} value={number} onChange={onNumber} />
      <Picker label={t.unit} selectedKey={unit} onSelectionChange={(chosen) => onUnit(String(chosen))}>
        {units.map((one) => (
          <PickerItem key={one} id={one}>
            {t.units[one] ?? one}
          </PickerItem>
        ))}
      </Picker>
    </div>
  );
}
