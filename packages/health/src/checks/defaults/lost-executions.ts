import type { Check } from "../check.ts";
import { usual } from "../usual.ts";
import { count } from "../words.ts";
import { loggedIn } from "./database-login.ts";
import { loginOfN8n } from "./n8n.ts";

/** Those that n8n found unfinished and nobody's, of the last day, and that were not tried again since. */
const query = `SELECT count(*)::int AS crashed FROM execution_entity AS one
  WHERE status = 'crashed' AND "deletedAt" IS NULL AND "stoppedAt" > now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM execution_entity AS again WHERE again."retryOf" = one.id::text)`;

/** Executions that ended with a process of n8n, and that somebody has to decide about. */
export function lostExecutions(): Check {
  return {
    ...usual,
    name: "n8n crashed executions",
    service: "n8n",
    severity: "warning",
    needs: ["postgres"],
    expected: "none since a day that was not tried again",
    look: async (context) => {
      await using session = await loggedIn(context, "n8n", loginOfN8n);
      const [row] = await session.query<{ crashed: number }>(query);
      const crashed = row?.crashed ?? 0;
      return {
        ok: crashed === 0,
        seen: crashed ? `${count(crashed, "execution")} crashed and not tried again` : "none",
        figures: { executions_crashed: crashed },
        next: "See them, and try them again: pnpm n8n:retry-crashed",
      };
    },
  };
}
