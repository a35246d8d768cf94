// One of several in a list: its name, how many there are, and what it means.

import { PickerItem, Text } from "@react-spectrum/s2";
import { count } from "../words/format";

export interface ChoiceProps {
  id: string;
  name: string;
  /** How many there are; none where that is not known. */
  value?: number;
  help?: string | undefined;
}

export function Choice({ id, name, value, help }: ChoiceProps) {
  const text = value === undefined ? name : `${name} (${count(value)})`;
  return (
    <PickerItem id={id} textValue={text}>
      <Text slot="label">{text}</Text>
      {help === undefined ? null : <Text slot="description">{help}</Text>}
    </PickerItem>
  );
}
