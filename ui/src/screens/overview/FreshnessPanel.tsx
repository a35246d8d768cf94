// How old both sides of each sync are: its audience, and what was read of Marketo.

import { Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Freshness } from "../../backend/types";
import { Ago } from "../../parts/Ago";
import { Panel, Quiet } from "../../parts/Panel";
import { RowLink } from "../../parts/RowLink";
import { Answer } from "../../parts/States";
import { compactHeight, rowId } from "../../parts/tables";
import { useFreshness } from "../../state/queries";
import { to } from "../../state/route";
import { words } from "../../words";

const t = words.overview;

/** The oldest first: they are the ones to do something about. */
export function oldestFirst(all: readonly Freshness[]): Freshness[] {
  const age = ({ audience_at, destination_at }: Freshness) =>
    Math.min(...[audience_at, destination_at].map((at) => (at === null ? 0 : Date.parse(at))));
  return all.toSorted((a, b) => age(a) - age(b));
}

export function FreshnessPanel() {
  const freshness = useFreshness();
  return (
    <Panel title={t.freshness} note={t.freshnessNote}>
      <Answer of={freshness}>
        {(all) => (all.length === 0 ? <Quiet>{t.noSyncs}</Quiet> : <FreshnessTable all={all} />)}
      </Answer>
    </Panel>
  );
}

function FreshnessTable({ all }: { all: readonly Freshness[] }) {
  return (
    <TableView
      aria-label={t.freshness}
      density="compact"
      styles={style({ width: "full" })}
      UNSAFE_style={compactHeight(all.length, 8)}
    >
      <TableHeader>
        <Column id="sync" isRowHeader minWidth={160}>
          {t.sync}
        </Column>
        <Column id="audience" minWidth={160}>
          {t.audience}
        </Column>
        <Column id="imported" width={150}>
          {t.imported}
        </Column>
        <Column id="destination" minWidth={160}>
          {t.destination}
        </Column>
        <Column id="read" width={150}>
          {t.marketoRead}
        </Column>
      </TableHeader>
      <TableBody items={oldestFirst(all).map((one) => ({ ...one, id: rowId(one.sync) }))}>
        {(one) => (
          <Row id={one.id}>
            <Cell textValue={one.sync}>
              <RowLink path={to("syncs", one.sync)}>{one.sync}</RowLink>
            </Cell>
            <Cell textValue={one.audience}>
              <RowLink path={to("audiences", one.audience)}>{one.audience}</RowLink>
            </Cell>
            <Cell textValue={one.audience_at ?? t.neverRead}>
              <Since at={one.audience_at} />
            </Cell>
            <Cell textValue={one.destination}>
              <RowLink path={to("destinations", one.destination)}>{one.destination}</RowLink>
            </Cell>
            <Cell textValue={one.destination_at ?? t.neverRead}>
              <Since at={one.destination_at} />
            </Cell>
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}

function Since({ at }: { at: string | null }) {
  return at === null ? t.neverRead : <Ago at={at} />;
}
