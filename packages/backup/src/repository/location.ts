import { type Environment, type Settings, UserError } from "@understudy/core";

/** Where an environment's backups are stored, and what it takes to get there. */
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
  const { repository } = settings.backup;
  const where = `${repository.replace(/\/+$/, "")}/${environment.stackName}`;
  if (where.startsWith("/")) return { where, folder: where, credentials: {} };
  const given = (...names: string[]) => requireVariables(where, environment.name, variables, names);
  if (where.startsWith("s3:")) {
    const optional = present(variables, ["AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"]);
    return { where, credentials: { ...given("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ...optional } };
  }
  const { BACKUP_SSH_KEY_FILE: keyFile = "" } = given("BACKUP_SSH_KEY_FILE");
  const knownHostsFile = variables.BACKUP_KNOWN_HOSTS_FILE || `${variables.HOME}/.ssh/known_hosts`;
  return { where, credentials: {}, ssh: { keyFile, knownHostsFile } };
}

function requireVariables(where: string, environment: string, variables: Variables, names: readonly string[]) {
  const found = present(variables, names);
  const missing = names.filter((name) => !(name in found));
  if (!missing.length) return found;
  throw new UserError(`Backups go to ${where}, and .env.${environment} lacks ${missing.join(" and ")}`, {
    next: "Add it there; docs/backup.md says what each is",
  });
}

/** Those that have a value. */
function present(variables: Variables, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])));
}
