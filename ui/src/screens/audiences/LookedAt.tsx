// What is in a file, before it is kept: its columns, its first rows, and the lines that
// would be set aside.

import { Cell, Column, Row, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { FileLook, Quarantine } from "../../backend/types";
import { ColumnTable } from "../../parts/ColumnTable";
import { Figures } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { compactHeight } from "../../parts/tables";
import { words } from "../../words";
import { count, bytes as sized } from "../../words/format";

const t = words.audiences;

export function LookedAt({ look, bytes }: { look: FileLook; bytes: number }) {
  return (
    <>
      <Figures
        all={[
          [t.look.rows, count(look.rows)],
          [t.columns, count(look.columns.length)],
          [t.look.setAside, count(look.quarantined.count)],
          [t.look.size, sized(bytes)],
          [t.look.format, t.look.formats[look.taken_for.format] ?? look.taken_for.format],
        ]}
      />
      {look.quarantined.count === 0 ? null : (
        <Panel title={t.quarantined} note={t.look.quarantineNote}>
          <QuarantineTable quarantine={look.quarantined} />
        </Panel>
      )}
      <Panel title={t.columns}>
        <ColumnTable columns={look.columns} rows={look.rows} />
      </Panel>
      <Panel title={t.look.first}>
        <FirstRows look={look} />
      </Panel>
    </>
  );
}

function FirstRows({ look }: { look: FileLook }) {
  const columns = look.columns.map((column, at) => ({ id: `c${at}`, name: column.name, at }));
  const rows = look.first.map((cells, at) => ({ id: at + 1, cells }));
  return (
    <TableView
      aria-label={t.look.first}
      density="compact"
      styles={style({ width: "full" })}
      UNSAFE_style={compactHeight(rows.length, 10)}
    >
      <TableHeader columns={columns}>
        {(column) => (
          <Column id={column.id} isRowHeader={column.at === 0} minWidth={140}>
            {column.name}
          </Column>
        )}
      </TableHeader>
      <TableBody items={rows}>
        {(row) => (
          <Row id={row.id} columns={columns}>
            {(column) => <Cell>{row.cells[column.at] ?? ""}</Cell>}
          </Row>
        )}
      </TableBody>
    </TableView>
  );
}

/** Lines that are set aside, the first hundred by their number. */
export function QuarantineTable({ quarantine }: { quarantine: Quarantine }) {
  const lines = quarantine.first.map((line) => ({ ...line, id: line.line }));
  return (
    <>
      {quarantine.count > lines.length ? (
        <p className={style({ font: "body-sm", margin: 0 })}>
          {t.quarantineFirst(count(lines.length), count(quarantine.count))}
        </p>
      ) : null}
      <TableView
        aria-label={t.quarantined}
        density="compact"
        styles={style({ width: "full" })}
        UNSAFE_style={compactHeight(lines.length, 8)}
      >
        <TableHeader>
          <Column id="line" isRowHeader align="end" width={120}>
            {t.line}
          </Column>
          <Column id="problem">{t.problem}</Column>
        </TableHeader>
        <TableBody items={lines}>
          {(line) => (
            <Row id={line.id}>
              <Cell align="end">{count(line.line)}</Cell>
              <Cell>{line.problem}</Cell>
            </Row>
          )}
        </TableBody>
      </TableView>
    </>
  );
}
