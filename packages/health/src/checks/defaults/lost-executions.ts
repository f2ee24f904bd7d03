import type { Check } from "../check.ts";
import { queueFigures } from "../queue-figures.ts";
import { usual } from "../usual.ts";
import { count } from "../words.ts";
import { loggedIn } from "./database-login.ts";
import { loginOfN8n } from "./n8n.ts";

/**
 * `crashed`: those of the last day that n8n found unfinished and nobody's, and that were not tried again since. `forgotten`: those that
 * are to begin and were noted well before the oldest that the queue has, so that the queue has them not.
 */
const query = `SELECT
  count(*) FILTER (WHERE status = 'crashed' AND "stoppedAt" > now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM execution_entity AS again WHERE again."retryOf" = one.id::text))::int AS crashed,
  count(*) FILTER (WHERE status = 'new' AND "createdAt" < now() - make_interval(secs => $1))::int AS forgotten
  FROM execution_entity AS one WHERE status IN ('crashed', 'new') AND "deletedAt" IS NULL`;

/** Seconds that n8n may take from noting an execution to queueing it. */
const patience = 300;

/** Executions that ended with a process of n8n, and that somebody has to decide about. */
export function lostExecutions(): Check {
  return {
    ...usual,
    name: "n8n crashed executions",
    service: "n8n",
    severity: "warning",
    needs: ["postgres", "valkey"],
    expected: "none that the queue forgot, none since a day that was not tried again",
    look: async (context) => {
      await using session = await loggedIn(context, "n8n", loginOfN8n);
      const { waited } = await queueFigures(context, usual.timeout);
      type Row = { crashed: number; forgotten: number };
      const [row] = await session.query<Row>(query, [patience + waited / 1_000]);
      const { crashed = 0, forgotten = 0 } = row ?? {};
      const seen = [
        ...(crashed ? [`${count(crashed, "execution")} crashed and not tried again`] : []),
        ...(forgotten ? [`${count(forgotten, "execution")} to begin that the queue does not have`] : []),
      ];
      return {
        ok: seen.length === 0,
        seen: seen.join("; ") || "none",
        figures: { executions_crashed: crashed, executions_forgotten: forgotten },
        next: forgotten
          ? "n8n marks them as crashed when it starts: pnpm run restart n8n; then pnpm n8n:retry-crashed"
          : "See them, and try them again: pnpm n8n:retry-crashed",
      };
    },
  };
}
