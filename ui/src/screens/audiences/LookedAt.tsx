// What is in a file, before it is kept: its columns, its first rows, and the lines that
// would be set aside.

import { Cell, Column, Row, StatusLight, TableBody, TableHeader, TableView } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { memo } from "react";
import type { FileLook, Quarantine } from "../../backend/types";
import { ColumnTable } from "../../parts/ColumnTable";
import { Figures } from "../../parts/Facts";
import { Panel } from "../../parts/Panel";
import { compactHeight } from "../../parts/tables";
import { words } from "../../words";
import { count, counted, bytes as sized } from "../../words/format";

const t = words.audiences;

export const LookedAt = memo(function LookedAt({ look, bytes }: { look: FileLook; bytes: number }) {
  return (
    <>
      <Figures
        all={[
          [t.look.rows, count(look.rows)],
          [t.columns, count(look.columns.length)],
          [t.look.setAside, count(look.quarantined.count)],
        ]}
      />
      <p className={style({ font: "body-sm", color: "neutral-subdued", margin: 0 })}>
        {`${t.look.formats[look.taken_for.format] ?? look.taken_for.format} · ${sized(bytes)}`}
      </p>
      {look.quarantined.count === 0 ? null : (
        <Panel
          title={t.quarantined}
          actions={
            <StatusLight variant="notice">{counted(look.quarantined.count, "line", "lines")}</StatusLight>
          }
          note={t.look.quarantineNote}
        >
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
});

const scroller = style({ overflow: "auto", maxHeight: 360, font: "ui" });
const grid = style({ borderSpacing: 0, minWidth: "full" } as never);
const head = style({
  padding: 8,
  textAlign: "start",
  fontWeight: "bold",
  whiteSpace: "nowrap",
  backgroundColor: "gray-100",
});
const cell = style({
  padding: 8,
  whiteSpace: "nowrap",
  maxWidth: 320,
  overflow: "hidden",
  textOverflow: "ellipsis",
  borderWidth: 0,
  borderTopWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
});

/** As many columns as the file has, which Spectrum's table is not made for. */
function FirstRows({ look }: { look: FileLook }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrollable by keyboard
    <section className={scroller} aria-label={t.look.firstCells} tabIndex={0}>
      <table className={grid}>
        <thead>
          <tr>
            {look.columns.map((column) => (
              <th key={column.name} scope="col" className={head} dir="auto">
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {look.first.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are known by their place
            <tr key={row}>
              {look.columns.map((column, at) => (
                <td key={column.name} className={cell} dir="auto">
                  {cells[at] ?? ""}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
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
