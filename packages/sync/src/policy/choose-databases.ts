import { UserError } from "@understudy/core";
import { listDatabases, type Server } from "@understudy/data";

/** Names of production's databases, or of those that were asked for. @throws UserError for one that production does not have. */
export async function chooseDatabases(production: Server, asked: readonly string[] | undefined): Promise<string[]> {
  const names = await listDatabases(production);
  const wrong = asked?.find((name) => !names.includes(name));
  if (wrong === undefined) return asked ? [...asked] : names;
  throw new UserError(`${production.environment} has no database "${wrong}"`, {
    next: `It has: ${names.join(", ")}`,
    exitCode: 2,
  });
}
