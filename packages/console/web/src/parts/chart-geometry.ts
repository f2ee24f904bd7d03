import type { HealthPoint } from "../../../src/contract/health.ts";

export interface Bar {
  readonly at: number;
  readonly status: "healthy" | "degraded" | "unhealthy" | "unknown";
}

/** A time in so many stretches of the same length, each as bad as the worst look in it. */
export function barsOf(points: readonly HealthPoint[], from: number, to: number, count: number): Bar[] {
  const width = (to - from) / count;
  const statuses = Array.from({ length: count }, (): Bar["status"] => "unknown");
  for (const point of points) {
    const index = Math.floor((point.at - from) / width);
    const found = statuses[index];
    if (found !== undefined) statuses[index] = worse(found, statusOf(point));
  }
  return statuses.map((status, index) => ({ at: from + index * width, status }));
}

function statusOf({ unhealthy, degraded, healthy }: HealthPoint): Bar["status"] {
  if (unhealthy > 0) return "unhealthy";
  if (degraded > 0) return "degraded";
  return healthy > 0 ? "healthy" : "unknown";
}

const order = ["unknown", "healthy", "degraded", "unhealthy"] as const;

function worse(a: Bar["status"], b: Bar["status"]): Bar["status"] {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** A line through the averages, in a box of 100 by 40. */
export function linePath(points: readonly HealthPoint[], from: number, to: number, most: number): string {
  return points
    .map(({ at, avg }, index) => {
      const x = (((at - from) / (to - from)) * 100).toFixed(2);
      const y = (38 - (avg / most) * 36).toFixed(2);
      return `${index === 0 ? "M" : "L"}${x} ${y}`;
    })
    .join("");
}

/** What is below it. */
export function areaPath(points: readonly HealthPoint[], from: number, to: number, most: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return "";
  const x = ({ at }: HealthPoint) => (((at - from) / (to - from)) * 100).toFixed(2);
  return `${linePath(points, from, to, most)}L${x(last)} 40L${x(first)} 40Z`;
}
