import type { Server } from "@understudy/data";
import { quoteName } from "@understudy/postgres";
import { artifacts, fileNames, tagsOf } from "../artifacts.ts";
import { databaseTool } from "../repository/database-tool.ts";
import type { Repository, Stored } from "../repository/repository.ts";

/**
 * Store a server's roles, as statements. Of a managed server's, whose passwords only its provider reads, without those: a deploy makes the
 * stack's own roles with the passwords of the environment file.
 */
export async function storeRoles(server: Server, repository: Repository, id: string): Promise<Stored> {
  const kept = { name: fileNames.roles, tags: tagsOf(id, artifacts.roles) };
  if (!server.managed) {
    return await repository.storeOutput({ ...kept, ...databaseTool(server, ["pg_dumpall", "--roles-only"]) });
  }
  await using session = await server.connect("postgres");
  const roles = await session.query<Role>(
    `SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit,
       array(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid >= 16384) AS within
     FROM pg_roles r WHERE rolname !~ '^pg_' ORDER BY 1`,
  );
  return await repository.storeText({ ...kept, content: roleStatements(roles) });
}

/** A role as everybody sees it. */
export interface Role {
  readonly name: string;
  readonly login: boolean;
  readonly inherit: boolean;
  /** Roles that it is a member of. */
  readonly within: readonly string[];
}

/** In the words of `pg_dumpall --roles-only`, without what only a superuser may say. Exported for its test. */
export function roleStatements(roles: readonly Role[]): string {
  const lines = [
    ...roles.map(({ name }) => `CREATE ROLE ${quoteName(name)};`),
    ...roles.map(
      ({ name, login, inherit }) =>
        `ALTER ROLE ${quoteName(name)} WITH ${inherit ? "INHERIT" : "NOINHERIT"} ${login ? "LOGIN" : "NOLOGIN"};`,
    ),
    ...roles.flatMap(({ name, within }) =>
      [...new Set(within)].map((role) => `GRANT ${quoteName(role)} TO ${quoteName(name)};`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
