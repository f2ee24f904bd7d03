import { messageOf, UserError } from "@understudy/core";
import type { StoredWorkflow } from "../content/stored.ts";
import { knownCredentials } from "../database/read-facts.ts";
import type { Listed, WorkflowFilter } from "../database/read-workflows.ts";
import type { WorkflowSource } from "./source.ts";

export interface PostgrestOptions extends Pick<WorkflowSource, "environment" | "source"> {
  /** Supabase's, or PostgREST's own: `https://xxx.supabase.co`. */
  readonly url: string;
  /** It may read every table. */
  readonly key: string;
  readonly schema: string;
}

/** ms that it may take for one answer. */
const patience = 60_000;

/** Rows of an answer; Supabase gives 1000 at most. */
const page = 500;

/**
 * A source over Supabase's REST API, which shows n8n's tables as PostgREST does.
 * @throws UserError when it does not answer, does not take the key, or has no n8n that is known here
 */
export async function postgrestSource(options: PostgrestOptions): Promise<WorkflowSource> {
  const ask = asker(options);
  const [version] = await ask<Version>("instance_version_history", {
    order: "createdAt.desc,major.desc,minor.desc,patch.desc",
    limit: "1",
  });
  if (version?.major !== 2) {
    throw new UserError(`n8n ${version ? version.major : "of this age"} is not known here, only 2.x`, {
      next: "Run a known version, or look whether Understudy has an update",
    });
  }
  const { environment, source } = options;
  return {
    ...{ environment, source },
    n8nVersion: [version.major, version.minor, version.patch].join("."),
    list: () => list(ask),
    workflows: (filter) => workflows(ask, filter),
    credentialNames: async () =>
      knownCredentials(await ask("credentials_entity", { select: "id,name,type", order: "id" })).names,
    migrations: async () => {
      const noted = new Set(await migrationNames(ask));
      // Nobody notes there what was made of it.
      return (migration) =>
        noted.has(migration.name) || (migration.source === source && migration.environment === environment);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Every row of a table that fits; a table that is not there is a `Missing`. */
type Ask = <Row>(table: string, query: Readonly<Record<string, string>>) => Promise<Row[]>;

class Missing extends UserError {}

function asker({ url, key, schema }: PostgrestOptions): Ask {
  return async <Row>(table: string, query: Readonly<Record<string, string>>) => {
    const rows: Row[] = [];
    const limit = Math.min(Number(query.limit ?? page), page);
    for (;;) {
      const address = new URL(`/rest/v1/${table}`, url);
      for (const [name, value] of Object.entries({ ...query, limit: String(limit), offset: String(rows.length) })) {
        address.searchParams.set(name, value);
      }
      const found = await fetchRows<Row>(address, {
        apikey: key,
        authorization: `Bearer ${key}`,
        "accept-profile": schema,
      });
      rows.push(...found);
      if (found.length < limit || query.limit) return rows;
    }
  };
}

async function fetchRows<Row>(address: URL, headers: Readonly<Record<string, string>>): Promise<Row[]> {
  const where = `${address.origin}${address.pathname}`;
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(patience) }).catch((error) => {
    const { cause } = error as { cause?: { code?: string } };
    throw new UserError(`${where} does not answer (${cause?.code ?? messageOf(error)})`, {
      next: "Check the address, and that the machine reaches it",
      cause: error,
    });
  });
  const text = await answer.text();
  if (answer.ok) return parseRows(text, where);
  const said = /"message":\s*"([^"]*)"/.exec(text)?.[1] ?? `status ${answer.status}`;
  if (answer.status === 404) throw new Missing(`${where} is not there: ${said}`, { next: "Is it n8n's database?" });
  if (answer.status === 401 || answer.status === 403) {
    throw new UserError(`${where} does not take the key: ${said}`, { next: "Take the service key of that project" });
  }
  throw new UserError(`${where} refused: ${said}`, { next: "Is the schema among those that its API shows?" });
}

function parseRows<Row>(text: string, where: string): Row[] {
  try {
    const rows = JSON.parse(text);
    if (Array.isArray(rows)) return rows;
  } catch {
    // Said below: it is no rows either way.
  }
  throw new UserError(`${where} answered something else than rows`, {
    next: "Check the address: it is Supabase's own, without a path",
  });
}

async function list(ask: Ask): Promise<Listed[]> {
  const rows = await ask<Omit<Listed, "updatedAt"> & { updatedAt: string }>("workflow_entity", {
    select: "id,name,isArchived,updatedAt",
    order: "name,id",
  });
  return rows.map((row) => ({ ...row, updatedAt: new Date(row.updatedAt) }));
}

/** What travels; pinned and static data do not even leave the database. */
const carried =
  "id,name,description,nodes,connections,nodeGroups,settings,isArchived,activeVersionId,versionId,updatedAt,parentFolderId";

async function* workflows(ask: Ask, { ids, name, savedSince }: WorkflowFilter): AsyncGenerator<StoredWorkflow> {
  const all = await list(ask);
  const wanted = all.filter(
    (one) =>
      (!ids || ids.includes(one.id)) &&
      (name === undefined || one.name === name) &&
      (!savedSince || one.updatedAt >= savedSince),
  );
  const around = await readAround(ask);
  const ordered = wanted.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1));
  for (let from = 0; from < ordered.length; from += 50) {
    const some = ordered.slice(from, from + 50).map((id) => JSON.stringify(id));
    const rows = await ask<Row>("workflow_entity", { select: carried, id: `in.(${some.join(",")})`, order: "id" });
    yield* rows.map((row) => storedOf(row, around));
  }
}

type Row = Omit<StoredWorkflow, "tags" | "folder" | "teamProject" | "updatedAt"> & {
  readonly updatedAt: string;
  readonly parentFolderId?: string | null;
};

/** What lies in other tables, of all workflows: these are small. */
interface Around {
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly folders: ReadonlyMap<string, { readonly name: string; readonly parentFolderId: string | null }>;
  readonly teams: ReadonlyMap<string, string>;
}

async function readAround(ask: Ask): Promise<Around> {
  const mappings = await ask<{ workflowId: string; tagId: string }>("workflows_tags", { order: "workflowId,tagId" });
  const tags = new Map(
    (await ask<{ id: string; name: string }>("tag_entity", { order: "id" })).map(({ id, name }) => [id, name]),
  );
  const folders = await ifThere(
    ask<{ id: string; name: string; parentFolderId: string | null }>("folder", { order: "id" }),
  );
  const teams = new Map(
    (await ask<{ id: string; name: string }>("project", { type: "eq.team", order: "id" })).map(({ id, name }) => [
      id,
      name,
    ]),
  );
  const owners = await ask<{ workflowId: string; projectId: string }>("shared_workflow", {
    role: "eq.workflow:owner",
    order: "workflowId",
  });
  const byWorkflow = Map.groupBy(mappings, ({ workflowId }) => workflowId);
  return {
    tags: new Map([...byWorkflow].map(([id, found]) => [id, found.flatMap(({ tagId }) => tags.get(tagId) ?? [])])),
    folders: new Map(folders.map((folder) => [folder.id, folder])),
    teams: new Map(
      owners.flatMap(({ workflowId, projectId }) => {
        const name = teams.get(projectId);
        return name === undefined ? [] : [[workflowId, name] as const];
      }),
    ),
  };
}

function storedOf({ updatedAt, parentFolderId = null, ...row }: Row, { tags, folders, teams }: Around): StoredWorkflow {
  const folder: string[] = [];
  for (let at = folders.get(parentFolderId ?? ""); at; at = folders.get(at.parentFolderId ?? ""))
    folder.unshift(at.name);
  return {
    ...row,
    description: row.description ?? null,
    nodeGroups: row.nodeGroups ?? null,
    tags: tags.get(row.id) ?? [],
    folder,
    teamProject: teams.get(row.id) ?? null,
    updatedAt: new Date(updatedAt),
  };
}

async function migrationNames(ask: Ask): Promise<string[]> {
  const rows = await ifThere(
    ask<{ migration_file: string }>("migration_metadata", { select: "migration_file", order: "migration_file" }),
  );
  return rows.map(({ migration_file }) => migration_file);
}

async function ifThere<Row>(asked: Promise<Row[]>): Promise<Row[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Missing) return [];
    throw error;
  }
}
