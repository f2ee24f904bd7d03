import type { Server } from "@understudy/data";

const script = 'IFS= read -r PGPASSWORD <&3; export PGPASSWORD PGHOST="$1" PGPORT="$2" PGUSER="$3"; shift 3; exec "$@"';

/** What runs a database tool beside the repository, logged in to a server. The password goes in by its input: arguments and variables of a process are seen by others. */
export function databaseTool({ beside: { host, port, user, password } }: Server, command: readonly string[]) {
  return { script, args: [host, String(port), user, ...command], input: `${password}\n` };
}
