import { UserError } from "@understudy/core";
import type { Neo4jError } from "neo4j-driver";

/** What the driver or the server threw, in plain words. */
export function explain(error: Neo4jError, user: string, where: string): UserError {
  const { code, message } = error;
  const said = code.split(".").at(-1);
  if (said === "Unauthorized") {
    return new UserError(`the password of Neo4j user "${user}" at ${where} is wrong`, {
      next: `Set it to what the environment file says (ALTER USER ${user} SET PASSWORD …), or correct the file and deploy`,
    });
  }
  if (said === "AuthenticationRateLimit") {
    return new UserError(
      `Neo4j at ${where} lets nobody in as "${user}" for a moment: the password was wrong too often`,
    );
  }
  if (said === "EntityNotFound") {
    return new UserError(`Neo4j at ${where}: something was deleted while it was read`, { next: "Run the copy again" });
  }
  // The driver keeps Node's code in its message alone.
  const network = /\b(E[A-Z]{4,})\b/.exec(message)?.[1];
  if (said === "ServiceUnavailable" || said === "SessionExpired" || network) {
    return new UserError(`Neo4j at ${where} does not answer (${network ?? said})`, {
      next: "Check that its container runs: pnpm status",
      cause: error,
    });
  }
  // A constraint's complaint ends with the value that breaks it.
  return new UserError(`Neo4j at ${where}: ${message.replace(/ = .*$/s, "")}`);
}
