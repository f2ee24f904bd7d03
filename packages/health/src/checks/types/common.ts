import { z } from "zod";
import type { Check, CheckContext, Thresholds } from "../check.ts";
import { fields } from "../definitions/fields.ts";

/** A kind of check: what a definition of it may say, and how it becomes a check. */
export interface CheckType<Schema extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly schema: Schema;
  make(definition: z.output<Schema>): Check;
}

const inMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
type Unit = keyof typeof inMs;

/** `500ms`, `4s`, `5m`, `1.5h`, `7d`; becomes ms. */
export const duration = z
  .templateLiteral([z.number().min(0), z.enum(["ms", "s", "m", "h", "d"])], {
    error: "must be a duration such as 500ms, 4s, 5m, 2h or 7d",
  })
  .transform((text) => Number.parseFloat(text) * inMs[text.replace(/^[\d.]+/, "") as Unit]);

const shared = {
  name: z.string().trim().min(1).max(100),
  severity: z.enum(["critical", "warning"]),
  timeout: duration,
  interval: duration,
  thresholds: fields({ warning: z.number().optional(), critical: z.number().optional() }),
};

/** The fields that every type has, with those of its own. `service` is what a definition means that names none. */
export function definition<Type extends string, Own extends z.ZodRawShape>(type: Type, service: string, own: Own) {
  return fields({
    name: shared.name,
    type: z.literal(type),
    service: z.string().default(service),
    severity: shared.severity.default("critical"),
    timeout: shared.timeout.default(4_000),
    interval: shared.interval.optional(),
    thresholds: shared.thresholds.optional(),
    ...own,
  });
}

/** What a definition without a type may change of a default check of the same name. */
export const adjustment = fields({
  name: shared.name,
  disabled: z.boolean().default(false),
  severity: shared.severity.optional(),
  timeout: shared.timeout.optional(),
  interval: shared.interval.optional(),
  thresholds: shared.thresholds.optional(),
});

interface Common {
  readonly name: string;
  readonly service: string;
  readonly severity: "critical" | "warning";
  readonly timeout: number;
  readonly interval?: number | undefined;
  readonly thresholds?: Pick<Thresholds, "warning" | "critical"> | undefined;
}

/** The part of a check that its definition's common fields say. `measure` is what thresholds of this type are about. */
export function base(
  { name, service, severity, timeout, interval, thresholds }: Common,
  measure: Pick<Thresholds, "unit" | "bad">,
) {
  const limits = thresholds && { ...thresholds, ...measure };
  return { name, service, severity, timeout, interval, ...(limits ? { thresholds: limits } : {}) };
}

/** Where a port of a service's container answers this process. */
export async function addressOf(context: CheckContext, service: string, port: number) {
  const info = context.containers.get(service);
  if (!info) throw new Error(`${service} has no container`);
  return await context.reach.address(info, port);
}
