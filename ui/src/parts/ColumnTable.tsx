// The columns of a file or an audience: how full each is, and what is in it.

import { Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ColumnStats } from "../backend/types";
import { words } from "../words";
import { percent } from "../words/format";
import { Share } from "./charts/Share";
import { rowId, tableHeight } from "./tables";

const t = words.audiences;

export function ColumnTable({ columns, rows }: { columns: readonly ColumnStats[]; rows: number }) {
  const lines = columns.map((column) => ({ ...column, id: rowId(column.name) }));
  return (
    <TableView
      aria-label={t.columns}
      styles={style({ width: "full" })}
      UNSAFE_style={tableHeight(lines.length, 12)}
    >
      <TableHeader>
        <Column id="name" isRowHeader minWidth={160}>
          {t.column}
        </Column>
        <Column id="filled" width={240}>
          {t.filled}
        </Column>
        <Column id="examples" minWidth={240}>
          {t.examples}
        </Column>
      </TableHeader>
      <TableBody items={lines}>
        {(column) => {
          const part = rows === 0 ? 0 : column.filled / rows;
          return (
            <Row id={column.id}>
              <Cell>{column.name}</Cell>
              <Cell textValue={percent(part)}>
                <Share part={part} tone={part < 0.5 ? "notice" : "info"} />
              </Cell>
              <Cell>{column.examples.length === 0 ? t.noExamples : column.examples.join(" · ")}</Cell>
            </Row>
          );
        }}
      </TableBody>
    </TableView>
  );
}
