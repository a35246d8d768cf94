// The columns of a file or an audience: how full each is, and what is in it.

import { Cell, Column, Meter, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ColumnStats } from "../backend/types";
import { words } from "../words";
import { percent } from "../words/format";

const t = words.audiences;

export function ColumnTable({ columns, rows }: { columns: readonly ColumnStats[]; rows: number }) {
  const lines = columns.map((column) => ({ ...column, id: column.name }));
  return (
    <TableView
      aria-label={t.columns}
      styles={style({ width: "full", height: { default: 320, isTall: 520 } })({ isTall: columns.length > 6 })}
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
                <Meter
                  aria-label={`${column.name}: ${t.filled}`}
                  size="S"
                  labelPosition="side"
                  value={part * 100}
                  valueLabel={percent(part)}
                  variant={part < 0.5 ? "notice" : "informative"}
                  styles={style({ width: 200 })}
                />
              </Cell>
              <Cell>{column.examples.length === 0 ? t.noExamples : column.examples.join(" · ")}</Cell>
            </Row>
          );
        }}
      </TableBody>
    </TableView>
  );
}
