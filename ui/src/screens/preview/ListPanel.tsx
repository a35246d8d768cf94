// What a run would do to the static list.

import { Button, ButtonGroup } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ListEffect, PeopleFilter } from "../../backend/types";
import { Figures } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { words } from "../../words";
import { count } from "../../words/format";

const t = words.preview;

export function ListPanel({
  list,
  choose,
}: {
  list: ListEffect | null;
  choose: (filter: PeopleFilter) => void;
}) {
  if (list === null) {
    return (
      <Panel title={t.list}>
        <p className={style({ font: "body", margin: 0 })}>{t.noList}</p>
      </Panel>
    );
  }
  const name = list.exists ? t.listKnown(list.name, String(list.id ?? "")) : t.listNew(list.name);
  return (
    <Panel title={t.list} note={name}>
      <Figures
        all={[
          [t.joins, count(list.add)],
          [t.stays, count(list.keep)],
          [t.leaves, count(list.remove)],
          [t.others, count(list.others), t.othersHelp],
          [t.listAfter, count(list.add + list.keep + list.others)],
        ]}
      />
      {list.remove === 0 && list.add === 0 ? null : (
        <ButtonGroup>
          {list.add === 0 ? null : (
            <Button variant="secondary" size="S" onPress={() => choose({ list: "add" })}>
              {`${t.show}: ${t.joins}`}
            </Button>
          )}
          {list.remove === 0 ? null : (
            <Button variant="secondary" size="S" onPress={() => choose({ list: "remove" })}>
              {`${t.show}: ${t.leaves}`}
            </Button>
          )}
        </ButtonGroup>
      )}
    </Panel>
  );
}
