import { z } from "zod";
import { type ActionId, actions, type ParametersOf } from "./contract/actions.ts";

const environment = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const inEnvironment = z.strictObject({ environment });
const name = z
  .string()
  .min(1)
  .max(300)
  .regex(/^\P{Cc}*$/u, "must have no control characters");
const check = name;
const promotion = inEnvironment.extend({ from: environment.optional() });

/** Linux takes words of a command of up to 131,072 bytes each. */
function fitsWords(set: Readonly<Record<string, string>>): boolean {
  return Buffer.byteLength(JSON.stringify(set)) < 120_000;
}

/** What may be said to each action. */
const schemas: { readonly [Id in ActionId]: z.ZodType<ParametersOf<Id>> } = {
  "deploy:staging": inEnvironment,
  "deploy:production": inEnvironment,
  promote: promotion,
  "promote:check": promotion,
  rollback: inEnvironment.extend({
    tag: z.string().regex(/^rollback-\d{8}-\d{6}$/),
    withData: z.boolean().optional(),
  }),
  recover: inEnvironment,
  restart: inEnvironment.extend({ service: name }),
  "stop:staging": inEnvironment,
  backup: inEnvironment.extend({ verify: z.boolean().optional() }),
  "rollback:drill": inEnvironment,
  "health:check": inEnvironment,
  "health:silence": inEnvironment.extend({ check, length: z.string().regex(/^\d{1,4}[mhdw]$/), why: name }),
  "health:unsilence": inEnvironment.extend({ check }),
  "test:workflows": inEnvironment,
  "sync:policy": inEnvironment.extend({ only: z.array(name).min(1).max(1_000).optional() }),
  "sync:production": inEnvironment.extend({ resume: z.boolean().optional() }),
  "n8n:migrate-up": inEnvironment.extend({ resolve: z.enum(["theirs", "ours"]).optional() }),
  "n8n:create-migration": inEnvironment.extend({ workflow: name }),
  "records:resolve": inEnvironment.extend({
    conflict: z.uuid(),
    take: z.enum(["theirs", "ours", "deleted"]).optional(),
    set: z.record(name, z.string()).refine(fitsWords, "must be shorter than 120,000 bytes").optional(),
  }),
  "team:push": inEnvironment,
  "team:pull": inEnvironment.extend({
    snapshot: z
      .string()
      .regex(/^[\w-]{1,60}$/)
      .optional(),
  }),
  "team:undo": inEnvironment,
};

/** An action with parameters that were checked. */
export interface Order {
  readonly id: ActionId;
  readonly environment: string;
  readonly parameters: ParametersOf<ActionId>;
  readonly flags: readonly string[];
}

export function isAction(id: string): id is ActionId {
  return Object.hasOwn(actions, id);
}

/** Check what somebody wants done. @throws z.ZodError for parameters that the action does not know */
export function orderOf(id: ActionId, given: unknown): Order {
  const parameters = schemas[id].parse(given);
  const flags = (actions[id].flags as (given: ParametersOf<ActionId>) => string[])(parameters);
  return { id, environment: parameters.environment, parameters, flags };
}
