// All audiences, and the way to a new one.

import {
  Button,
  Cell,
  Column,
  Row,
  StatusLight,
  TableBody,
  TableHeader,
  TableView,
  Text,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { AudienceDocument } from "../../backend/types";
import { Ago } from "../../parts/Ago";
import { Page } from "../../parts/Page";
import { RowLink } from "../../parts/RowLink";
import { useRowsSoon } from "../../parts/Soon";
import { Answer, Empty } from "../../parts/States";
import { nameOfRow, rowId, tableHeight } from "../../parts/tables";
import { useAudiences } from "../../state/queries";
import { go, to } from "../../state/route";
import { words } from "../../words";
import { count } from "../../words/format";
import { chooseFile } from "./offered";

const t = words.audiences;

export function AudiencesScreen() {
  const all = useAudiences();
  const button = (
    <Button variant="accent" onPress={() => void chooseFile(null)}>
      {t.import}
    </Button>
  );
  return (
    <Page title={t.title} subtitle={t.subtitle} actions={(all.data?.length ?? 0) > 0 ? button : undefined}>
      <Answer of={all}>
        {(audiences) =>
          audiences.length === 0 ? (
            <Empty title={t.emptyTitle} actions={button}>
              {t.emptyText}
            </Empty>
          ) : (
            <AudienceTable audiences={audiences} />
          )
        }
      </Answer>
    </Page>
  );
}

function AudienceTable({ audiences }: { audiences: readonly AudienceDocument[] }) {
  const drawn = useRowsSoon(audiences);
  return (
    <TableView
      aria-label={t.title}
      styles={style({ width: "full", flexShrink: 0 })}
      UNSAFE_style={tableHeight(audiences.length, 12)}
      onAction={(key) => go(to("audiences", nameOfRow(key)))}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={200}>
          {t.name}
        </Column>
        <Column id="rows" align="end" width={140}>
          {t.members}
        </Column>
        <Column id="asOf" width={160}>
          {t.asOf}
        </Column>
        <Column id="quarantined" align="end" width={140}>
          {t.quarantined}
        </Column>
        <Column id="source" minWidth={200}>
          {t.source}
        </Column>
      </TableHeader>
      <TableBody items={drawn.map((audience) => ({ audience, id: rowId(audience.name) }))}>
        {({ audience }) => (
          <Row id={rowId(audience.name)}>
            <Cell textValue={audience.name}>
              <RowLink path={to("audiences", audience.name)}>{audience.name}</RowLink>
            </Cell>
            <Cell align="end">{count(audience.rows)}</Cell>
            <Cell>{audience.lost === undefined ? <Ago at={audience.snapshot_at} /> : t.lost}</Cell>
            <Cell align="end" textValue={count(audience.quarantined.count)}>
              {audience.quarantined.count === 0 ? (
                <Text>{count(0)}</Text>
              ) : (
                <StatusLight size="S" variant="notice">
                  {count(audience.quarantined.count)}
                </StatusLight>
              )}
            </Cell>
            <Cell>{fileName(audience.source)}</Cell>
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}

/** The name of a file without its folders. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
