import { type Environment, type Settings, UserError } from "@understudy/core";

/** Where a repository is, and what it takes to get there. */
export interface Location {
  /** As restic and people name it: `/var/backups/understudy/<stackName>`, `s3:https://…`, `sftp:…`. */
  readonly where: string;
  /** On the environment's own host, for one that is there. */
  readonly folder?: string;
  /** Variables that open it, by name. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly ssh?: SshFiles;
}

/** Files of the machine that we run on. */
export interface SshFiles {
  readonly keyFile: string;
  readonly knownHostsFile: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The location of an environment's repository: the setting's, and in it a folder for the stack.
 * @param variables those of `.env.<environment>` over the process's own.
 * @throws UserError naming those that are missing.
 */
export function locationOf(
  { settings, environment }: { settings: Settings; environment: Environment },
  variables: Variables,
): Location {
  const { name, stackName } = environment;
  return placeIn(
    { what: "Backups", root: settings.backup.repository, folder: stackName, environment: name },
    variables,
  );
}

/** A folder of a place that the settings name, and what opens it. */
export interface Place {
  /** What goes there, for people: `Backups`. */
  readonly what: string;
  /** As the settings have it. */
  readonly root: string;
  readonly folder: string;
  /** Whose file of variables opens it. */
  readonly environment: string;
}

/** The location of a folder of a place. @throws UserError naming variables that are missing. */
export function placeIn({ what, root, folder, environment }: Place, variables: Variables): Location {
  const where = `${root.replace(/\/+$/, "")}/${folder}`;
  if (where.startsWith("/")) return { where, folder: where, credentials: {} };
  const given = (...names: string[]) =>
    requireVariables(`${what} go to ${where}, and .env.${environment}`, variables, names);
  if (where.startsWith("s3:")) {
    const optional = present(variables, ["AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"]);
    return { where, credentials: { ...given("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ...optional } };
  }
  const { BACKUP_SSH_KEY_FILE: keyFile = "" } = given("BACKUP_SSH_KEY_FILE");
  const knownHostsFile = variables.BACKUP_KNOWN_HOSTS_FILE || `${variables.HOME}/.ssh/known_hosts`;
  return { where, credentials: {}, ssh: { keyFile, knownHostsFile } };
}

function requireVariables(whose: string, variables: Variables, names: readonly string[]) {
  const found = present(variables, names);
  const missing = names.filter((name) => !(name in found));
  if (!missing.length) return found;
  throw new UserError(`${whose} lacks ${missing.join(" and ")}`, {
    next: "Add it there; docs/backup.md says what each is",
  });
}

/** Those that have a value. */
function present(variables: Variables, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])));
}
