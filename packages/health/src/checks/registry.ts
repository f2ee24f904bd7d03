import type { z } from "zod";
import type { Check } from "./check.ts";
import { command } from "./types/command.ts";
import type { adjustment, CheckType } from "./types/common.ts";
import { container } from "./types/container.ts";
import { heartbeat } from "./types/heartbeat.ts";
import { http } from "./types/http.ts";
import { neo4j } from "./types/neo4j.ts";
import { postgres } from "./types/postgres.ts";
import { tcp } from "./types/tcp.ts";
import { tls } from "./types/tls.ts";
import { workflow } from "./types/workflow.ts";

/** Every type of check: the one place that a new one is named in. */
export const checkTypes = [http, tcp, tls, postgres, neo4j, container, command, workflow, heartbeat] as const;

/** A check of one of the types, as it is written. */
export type CheckDefinition = z.input<(typeof checkTypes)[number]["schema"]>;

/** A change of a default check, as it is written. */
export type Adjustment = z.input<typeof adjustment>;

/** A check of our own. @throws ZodError: that is a bug here. */
export function define(definition: CheckDefinition): Check {
  const type = typeNamed(definition.type);
  if (!type) throw new Error(`there is no check type ${definition.type}`);
  return type.make(type.schema.parse(definition));
}

/** The type of this name, if there is one. */
export function typeNamed(name: unknown): CheckType | undefined {
  return checkTypes.find(({ type }) => type === name) as CheckType | undefined;
}
