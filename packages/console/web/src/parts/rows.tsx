// biome-ignore-all lint/a11y/useSemanticElements: rows of a real table cannot be placed where the scrolling wants them
// biome-ignore-all lint/a11y/useFocusableInteractive: a row is not acted upon
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useEffect, useRef } from "react";

/** px, as in lists.css. */
const rowHeight = 46;
/** Rows beyond what is in sight, on either side. */
const overscan = 4;

interface Column<Row> {
  readonly title: string;
  /** As in grid-template-columns. */
  readonly width: string;
  readonly cell: (row: Row) => ReactNode;
}

/** A table of any length: only the rows in sight are in the document, and a screen reader is told how many there are. */
export function Rows<Row>({
  rows,
  columns,
  label,
  onEnd,
}: {
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  label: string;
  /** Somebody came near the last row: there may be more. */
  onEnd?: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan,
    // A frame that comes late is better than one that is waited for.
    useFlushSync: false,
  });
  const shown = virtual.getVirtualItems();
  // Whoever scrolls far sees other rows in the same elements: making them anew takes several times as long.
  const places = useRef(1);
  places.current = Math.max(places.current, shown.length);
  const isNearEnd = (shown.at(-1)?.index ?? 0) >= rows.length - 1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that the end comes into sight
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, rows.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <div className="virtual" ref={box} role="table" aria-label={label} aria-rowcount={rows.length + 1} tabIndex={0}>
      <div
        className="virtual-grid virtual-head"
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: templateOf(columns) }}
      >
        {columns.map(({ title }) => (
          <div key={title} role="columnheader">
            {title}
          </div>
        ))}
      </div>
      <div role="rowgroup" style={{ position: "relative", height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => (
          <Line key={index % places.current} row={rows[index] as Row} columns={columns} index={index} start={start} />
        ))}
      </div>
    </div>
  );
}

interface LineProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly index: number;
  /** px from the top. */
  readonly start: number;
}

const Line = memo(function Line<Row>({ row, columns, index, start }: LineProps<Row>) {
  return (
    <div
      className="virtual-grid virtual-row"
      role="row"
      aria-rowindex={index + 2}
      style={{ gridTemplateColumns: templateOf(columns), transform: `translateY(${start}px)` }}
    >
      {columns.map(({ title, cell }) => (
        <div key={title} role="cell">
          {cell(row)}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: LineProps<Row>) => ReactNode;

function templateOf(columns: readonly Column<never>[]): string {
  return columns.map(({ width }) => width).join(" ");
}
