// How tall Spectrum's tables are: they scroll inside, so somebody has to say it.

const HEAD_PX = 34;
const ROW_PX = 41;
const COMPACT_PX = 33;
const BORDER_PX = 2;

/** As tall as its rows, and no taller than `most` of them. */
export function tableHeight(rows: number, most: number): { height: number } {
  return { height: HEAD_PX + ROW_PX * Math.min(Math.max(rows, 1), most) + BORDER_PX };
}

/** The same for a compact table; `more` lines stand below its rows. */
export function compactHeight(rows: number, most: number, more = 0): { height: number } {
  return { height: HEAD_PX + COMPACT_PX * (Math.min(Math.max(rows, 1), most) + more) + BORDER_PX };
}
