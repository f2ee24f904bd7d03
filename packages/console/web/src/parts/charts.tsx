import type { HealthPoint } from "../../../src/contract/health.ts";
import { momentInWords } from "../lib/format.ts";
import { areaPath, barsOf, linePath } from "./chart-geometry.ts";

const words = { healthy: "healthy", degraded: "degraded", unhealthy: "unhealthy", unknown: "not watched" } as const;

interface Span {
  readonly points: readonly HealthPoint[];
  readonly from: number;
  readonly to: number;
}

/** One bar for each stretch of time, coloured by the worst look in it. */
export function Bars({ points, from, to, label }: Span & { label: string }) {
  const bars = barsOf(points, from, to, 60);
  const bad = bars.filter(({ status }) => status === "unhealthy").length;
  return (
    <svg
      className="bars"
      viewBox="0 0 60 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${bad} of 60 stretches had failures`}
    >
      {bars.map(({ at, status }, index) => (
        <rect key={at} className={status} x={index + 0.12} width={0.76} height={10} rx={0.2}>
          <title>{`${momentInWords(at)}: ${words[status]}`}</title>
        </rect>
      ))}
    </svg>
  );
}

/** How long looks took. */
export function Spark({ points, from, to, label }: Span & { label: string }) {
  const most = Math.max(1, ...points.map(({ avg }) => avg));
  const line = linePath(points, from, to, most);
  if (points.length < 2) return <p className="muted small">Too few looks for a line yet</p>;
  return (
    <svg className="spark" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={label}>
      <path className="area" d={areaPath(points, from, to, most)} />
      <path className="line" d={line} />
    </svg>
  );
}
