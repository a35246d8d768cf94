// What Spectrum's tables have to be told: how tall they are, since they scroll inside, and
// ids of rows that cannot be those of columns, since both share one space.

const HEAD_PX = 32;
const ROW_PX = 40;
const COMPACT_PX = 32;
const BORDER_PX = 2;

/** As tall as its rows, and no taller than `most` of them. */
export function tableHeight(rows: number, most: number): { height: number } {
  return { height: HEAD_PX + ROW_PX * Math.min(Math.max(rows, 1), most) + BORDER_PX };
}

/** The same for a compact table; `more` lines stand below its rows. */
export function compactHeight(rows: number, most: number, more = 0): { height: number } {
  return { height: HEAD_PX + COMPACT_PX * (Math.min(Math.max(rows, 1), most) + more) + BORDER_PX };
}

const ROW = "row/";

/** The id of the row of a thing with this name, whatever it is called. */
export function rowId(name: string): string {
  return `${ROW}${name}`;
}

/** The name of the thing whose row this is. */
export function nameOfRow(id: unknown): string {
  return String(id).slice(ROW.length);
}
