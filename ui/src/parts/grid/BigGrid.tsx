// A table of millions of rows, of which only those in view are fetched and drawn: the
// roles and keys of a grid, a virtual list inside. Smaller tables are Spectrum's own.

import { Button } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { problemOf } from "../../backend/problem";
import { PEOPLE_LIFE } from "../../state/queries";
import { words } from "../../words";
import { ProblemNote } from "../States";
import { useScaledOffset } from "./useScaledOffset";

export interface GridColumn<T> {
  id: string;
  name: string;
  /** Width in pixels; what is left over goes to the columns that grow. */
  width: number;
  grows?: boolean;
  align?: "end";
  /** A click on it opens the row. */
  isLink?: boolean;
  cell: (row: T) => ReactNode;
}

export interface BigGridProps<T> {
  label: string;
  count: number;
  columns: readonly GridColumn<T>[];
  /** Names what is shown: pages are cached under it. */
  of: readonly unknown[];
  /** Rows from `first` on, `length` of them. */
  page: (first: number, length: number) => Promise<readonly T[]>;
  /** A row was chosen: by Enter, a double click, or a click on the column that is a link. */
  onOpen?: (row: T) => void;
  /** Comes into view with the focus as soon as it is there, and says so. */
  takesFocus?: boolean;
  onFocusTaken?: () => void;
}

const ROW_PX = 36;
/** Rows that are fetched at once. */
const PAGE = 100;
/** How long the rows before a leap stay, until those behind it are there. */
const HELD_MS = 80;

const whole = style({ display: "flex", flexDirection: "column", gap: 12, height: "full", minHeight: 0 });
const frame = style({
  flexGrow: 1,
  flexBasis: 0,
  minHeight: 0,
  boxSizing: "border-box",
  font: "ui",
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-300",
  borderRadius: "default",
  overflowY: "scroll",
  overflowX: "auto",
  position: "relative",
  outlineStyle: { default: "none", ":focus-visible": "solid" },
  outlineColor: "focus-ring",
  outlineWidth: 2,
  outlineOffset: 2,
});
const headRow = style({
  display: "grid",
  flexShrink: 0,
  height: 36,
  alignItems: "center",
  backgroundColor: "gray-100",
  fontWeight: "bold",
  color: "neutral",
});
const linkStyle = style({
  color: { default: "accent-1000", forcedColors: "LinkText" },
  textDecoration: { default: "none", ":hover": "underline" },
  cursor: "pointer",
});
const windowStyle = style({ position: "sticky", top: 0 });
const bodyStyle = style({ position: "relative", overflow: "hidden" });
const rowStyle = style({
  position: "absolute",
  left: 0,
  right: 0,
  top: 0,
  display: "grid",
  alignItems: "center",
  boxSizing: "border-box",
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  color: "neutral",
  backgroundColor: { default: "transparent", ":hover": "gray-75", isActive: "blue-200" },
});
const cellStyle = style({
  paddingX: 12,
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
  textAlign: { default: "start", isEnd: "end" },
});

/** Text that may not fit into its cell. */
function titleOf(cell: ReactNode): string | undefined {
  return typeof cell === "string" ? cell : undefined;
}

/** As TanStack's own, but never taller than the window (see useScaledOffset). */
function observeBoundedRect(
  element: HTMLElement | null,
  report: (rect: { width: number; height: number }) => void,
): () => void {
  if (element === null) {
    return () => {};
  }
  const measure = () =>
    report({ width: element.clientWidth, height: Math.min(element.clientHeight, window.innerHeight) });
  const observer = new ResizeObserver(measure);
  measure();
  observer.observe(element);
  return () => observer.disconnect();
}

/** The last rows that were all there, for a moment in which the next are not: a leap shows no empty ones then. */
function useLastFull<T>(next: T, isFull: boolean): T {
  const [isLate, setIsLate] = useState(false);
  const last = useRef(next);
  useEffect(() => {
    setIsLate(false);
    if (!isFull) {
      const timer = setTimeout(() => setIsLate(true), HELD_MS);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [isFull]);
  const shown = isFull || isLate ? next : last.current;
  useEffect(() => {
    last.current = shown;
  });
  return shown;
}

/** What it stands in must have a bounded height. */
export function BigGrid<T>(props: BigGridProps<T>) {
  const { label, count, columns, of, page, onOpen, takesFocus = false, onFocusTaken } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useState(0);
  const [hasFocus, setHasFocus] = useState(false);
  // The row that is to be opened as soon as it has been fetched.
  const [awaited, setAwaited] = useState<number | null>(null);
  const totalPx = count * ROW_PX;
  const { offset, spacerPx, viewportPx, scrollTo, subscribe } = useScaledOffset(scroller, totalPx, ROW_PX);

  // TanStack Virtual only works out which rows are in view. It is told the true offset (which may
  // lie beyond scrollHeight) and never writes scrollTop: no scrollToIndex, no measureElement here.
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    useFlushSync: false,
    observeElementRect: (_instance, cb) => observeBoundedRect(scroller.current, cb),
    observeElementOffset: (_instance, cb) => subscribe((next) => cb(next, false)),
    scrollToFn: () => {},
  });
  const items = virtualizer.getVirtualItems();
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it appears, and not again
  useEffect(() => {
    if (takesFocus) {
      scroller.current?.scrollIntoView({ block: "center" });
      scroller.current?.focus({ preventScroll: true });
      onFocusTaken?.();
    }
  }, []);

  const first = Math.floor((items[0]?.index ?? 0) / PAGE);
  const last = Math.floor((items.at(-1)?.index ?? 0) / PAGE);
  const inView = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  // Those beside are there before somebody scrolls to them.
  const beside = [first - 1, last + 1].filter((at) => at >= 0 && at * PAGE < count);
  const fetched = useQueries({
    queries: [...inView, ...beside].map((at) => ({
      queryKey: [...of, "page", at],
      queryFn: () => page(at * PAGE, Math.min(PAGE, count - at * PAGE)),
      gcTime: PEOPLE_LIFE,
      enabled: count > 0,
    })),
  });
  const results = fetched.slice(0, inView.length);
  const rowAt = (index: number): T | undefined => {
    const at = Math.floor(index / PAGE);
    return results[at - first]?.data?.[index - at * PAGE];
  };
  const rows = items.map(({ index, start }) => ({ index, top: start - offset, row: rowAt(index) }));
  const drawn = useLastFull(
    rows,
    rows.every(({ row }) => row !== undefined),
  );
  const failed = results.filter((result) => result.isError);

  const step = (index: number) => {
    const next = Math.min(Math.max(index, 0), count - 1);
    setActive(next);
    setAwaited(null);
    const top = next * ROW_PX;
    if (top < offset) {
      scrollTo(top);
    } else if (top + ROW_PX > offset + viewportPx) {
      scrollTo(top + ROW_PX - viewportPx);
    }
  };
  const open = (index: number) => {
    const row = rowAt(index);
    if (row === undefined) {
      step(index);
      setAwaited(index);
    } else {
      onOpen?.(row);
    }
  };
  const arrived = awaited === null ? undefined : rowAt(awaited);
  useEffect(() => {
    if (arrived !== undefined) {
      setAwaited(null);
      onOpen?.(arrived);
    }
  }, [arrived, onOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const perPage = Math.max(Math.floor(viewportPx / ROW_PX) - 1, 1);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + perPage,
      PageUp: active - perPage,
      Home: 0,
      End: count - 1,
    };
    const next = steps[event.key];
    const sideways = { ArrowLeft: -120, ArrowRight: 120 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      step(next);
    } else if (sideways !== undefined) {
      event.preventDefault();
      scroller.current?.scrollBy({ left: sideways });
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(active);
    }
  };

  const gridTemplateColumns = columns
    .map((column) => (column.grows ? `minmax(${column.width}px, 1fr)` : `${column.width}px`))
    .join(" ");
  const minWidth = columns.reduce((sum, column) => sum + column.width, 0);
  const activeShown = drawn.some((item) => item.index === active);
  const [broken] = failed;
  const again = () => {
    for (const result of failed) {
      void result.refetch();
    }
  };
  // The table stays where it is while a page of it cannot be had: so does the place in it.
  return (
    <div className={whole}>
      {broken === undefined ? null : (
        <ProblemNote
          problem={problemOf(broken.error)}
          action={
            <Button variant="secondary" onPress={again}>
              {words.common.tryAgain}
            </Button>
          }
        />
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: rows are positioned, so no <table> */}
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns.length}
        aria-activedescendant={activeShown ? `${id}-${active}` : undefined}
        aria-busy={results.some((result) => result.isFetching)}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        className={frame}
        ref={scroller}
      >
        <div role="presentation" style={{ height: spacerPx, minWidth }}>
          <div role="presentation" className={windowStyle}>
            {/* biome-ignore lint/a11y/useSemanticElements: as above */}
            <div role="rowgroup">
              {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: focus stays on the grid */}
              <div role="row" aria-rowindex={1} className={headRow} style={{ gridTemplateColumns }}>
                {columns.map((column, i) => (
                  // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
                  <div
                    key={column.id}
                    role="columnheader"
                    aria-colindex={i + 1}
                    className={cellStyle({ isEnd: column.align === "end" })}
                  >
                    {column.name}
                  </div>
                ))}
              </div>
            </div>
            {/* biome-ignore lint/a11y/useSemanticElements: as above */}
            <div role="rowgroup" className={bodyStyle} style={{ height: Math.min(viewportPx, totalPx) }}>
              {drawn.map(({ index, top, row }) => {
                return (
                  // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: keys are handled by the grid
                  <div
                    key={index}
                    id={`${id}-${index}`}
                    role="row"
                    aria-rowindex={index + 2}
                    aria-selected={hasFocus && index === active}
                    onClick={() => {
                      setActive(index);
                      setAwaited(null);
                    }}
                    onDoubleClick={() => open(index)}
                    className={rowStyle({ isActive: hasFocus && index === active })}
                    style={{
                      gridTemplateColumns,
                      height: ROW_PX,
                      transform: `translateY(${top}px)`,
                    }}
                  >
                    {columns.map((column, i) => (
                      // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
                      <div
                        key={column.id}
                        role="gridcell"
                        aria-colindex={i + 1}
                        dir="auto"
                        title={row === undefined ? undefined : titleOf(column.cell(row))}
                        className={cellStyle({ isEnd: column.align === "end" })}
                      >
                        {row === undefined ? (
                          "…"
                        ) : column.isLink && onOpen !== undefined ? (
                          // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: Enter on the row does the same
                          <span
                            className={linkStyle}
                            onClick={(event) => {
                              event.stopPropagation();
                              setActive(index);
                              open(index);
                            }}
                          >
                            {column.cell(row)}
                          </span>
                        ) : (
                          column.cell(row)
                        )}
                      </div>
                    ))}
                  </div>
                );
              })}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
