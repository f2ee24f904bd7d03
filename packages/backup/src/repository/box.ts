import { readFileSync } from "node:fs";
import { amongContainers, type Engine, messageOf, UserError, weights } from "@understudy/core";
import { type Mount, VolumeBox } from "@understudy/data";
import type { Location, SshFiles } from "./location.ts";

/** What a repository's box is made from. */
export interface BoxOptions {
  readonly engine: Engine;
  readonly stackName: string;
  readonly location: Location;
  /** What it is encrypted with. */
  readonly key: string;
  /** What folders are read from and restored into. */
  readonly mounts?: readonly Mount[];
}

/** Where the box keeps what nobody else may read: in memory. */
const place = "/run/restic";

/**
 * Makes the variables of the box those of a script, its standard input descriptor 3, and its standard error 4: restic gives a
 * program that it starts no input, and may end before it has read that program's last words.
 */
export const enter = `exec 3<&0 4>&2
for file in ${place}/environment/*; do export "\${file##*/}=$(< "$file")"; done`;

/**
 * A container that restic runs in, beside the environment's servers. It has the host's process ids: restic knows by them
 * whether the owner of a lock still lives.
 * @param create make the repository's folder on the host where there is none. @throws UserError
 */
export async function openBox(
  { engine, stackName, location, key, mounts = [] }: BoxOptions,
  create: boolean,
): Promise<VolumeBox> {
  const secret = Object.entries(filesOf(location, key));
  const box = await VolumeBox.open(engine, stackName, mounts, {
    NetworkMode: amongContainers,
    PidMode: "host",
    UsernsMode: "host",
    Memory: 1_073_741_824,
    CpuShares: weights.patient,
    Tmpfs: { "/run": "mode=700" },
    ...(location.folder ? folderOnHost(location.folder, create) : {}),
  });
  try {
    await box.run(
      `umask 077; mkdir -p ${place}/environment; cd ${place}
      while IFS= read -rd '' name && IFS= read -rd '' content; do printf %s "$content" > "$name"; done`,
      [],
      secret
        .flat()
        .map((text) => `${text}\0`)
        .join(""),
    );
    return box;
  } catch (error) {
    await box[Symbol.asyncDispose]();
    throw error;
  }
}

/** Restic's command line up to its own command, for bash. */
export function resticCommand({ folder, ssh }: Location): string {
  const options = [...(folder ? ["--no-cache"] : []), ...(ssh ? ["--option", `"sftp.args=${sshArguments}"`] : [])];
  return ["restic", "--json", ...options].join(" ");
}

/** ssh closes what it inherits: its words find their way through the shell that it all began with. */
const sshArguments = [
  "-E /proc/$$/fd/2",
  `-i ${place}/ssh-key`,
  ...[
    "IdentitiesOnly=yes",
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${place}/known_hosts`,
    "ConnectTimeout=20",
    "ServerAliveInterval=20",
  ].map((option) => `-o ${option}`),
].join(" ");

/** By name in the box. Restic's variables: https://restic.readthedocs.io/en/v0.18.0/040_backup.html#environment-variables */
function filesOf({ where, credentials, ssh }: Location, key: string): Record<string, string> {
  const environment = {
    RESTIC_REPOSITORY: where,
    RESTIC_PASSWORD_FILE: `${place}/key`,
    RESTIC_CACHE_DIR: "/var/cache/restic",
    RESTIC_PROGRESS_FPS: "1",
    ...credentials,
  };
  return {
    key,
    ...(ssh ? { "ssh-key": read("BACKUP_SSH_KEY_FILE", ssh.keyFile), known_hosts: knownHosts(ssh) } : {}),
    ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [`environment/${name}`, value])),
  };
}

function knownHosts({ knownHostsFile }: SshFiles): string {
  return read("The hosts that you know", knownHostsFile);
}

function read(what: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${what}: ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** At the same path as on the host, so that restic's words are right for people. */
function folderOnHost(folder: string, create: boolean) {
  if (create) return { Binds: [`${folder}:${folder}`] };
  return { Mounts: [{ Type: "bind" as const, Source: folder, Target: folder, ReadOnly: false }] };
}
