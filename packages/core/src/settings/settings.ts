import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Installation } from "../installation.ts";
import { hasPassword } from "../redact.ts";
import { alertsSchema } from "./alerts.ts";
import { backupSchema } from "./backup.ts";
import { consoleSchema } from "./console.ts";
import { monitorSchema } from "./monitor.ts";
import { nodesSchema } from "./nodes.ts";
import { peersSchema } from "./peers.ts";
import { postgresSchema } from "./postgres.ts";
import { promoteSchema } from "./promote.ts";
import { recordsSchema } from "./records.ts";
import { retentionSchema } from "./retention.ts";
import { teamSchema } from "./team.ts";
import { workflowsSchema } from "./workflows.ts";

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "must be lower-case letters, digits and dashes, starting with a letter");

const environmentFields = z.strictObject({
  kind: z.enum(["production", "staging"]),
  /** First part of its container, network and volume names, when it is not `<project>-<environment>`: an adopted one's Compose project. */
  stack: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "must be the name of a Docker Compose project")
    .optional(),
  /** `local`, `ssh://user@host[:port][/path/of/docker.sock]`, or `agent://host:port`: through the agent that runs there. */
  host: z
    .string()
    .regex(
      /^(local|unix:\/\/\/.+|ssh:\/\/[^\s/]+(\/\S*)?|agent:\/\/[^\s/@]+:\d{1,5})$/,
      'must be "local", "unix:///path", "ssh://user@host" or "agent://host:port"',
    )
    .default("local"),
  /** What runs the stack: one Docker engine, or the swarm of several that `nodes` names. */
  engine: z.enum(["docker", "swarm"]).default("docker"),
  nodes: nodesSchema,
  /** `-o` options for ssh, e.g. `IdentityFile=~/.ssh/deploy`. */
  sshOptions: z.array(z.string().regex(/^[A-Za-z]+=\S+$/, 'must look like "Option=value"')).default([]),
  profile: z.enum(["auto", "laptop", "server"]).default("auto"),
  /** Added to every published port. */
  portOffset: z.int().min(0).max(50_000).default(0),
  /** Address that the web ports are published on. Default: 127.0.0.1 for staging, 0.0.0.0 for production. */
  bind: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Whether services reach the internet. Default: none for staging, open for production. */
  egress: z.enum(["none", "open"]).optional(),
  /** `regular`: one n8n does everything. `queue`: webhook processors and workers beside it, with a queue between them. */
  n8n: z.enum(["regular", "queue"]).default("regular"),
  /** More compose files, merged last, relative to the installation. */
  compose: z.array(z.string()).default([]),
  /** Values for compose variables that are not secret. */
  variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
  /** Whether production's data is masked on its way here. Only a server's may be false, and then only with `--unmasked`. */
  sanitize: z.boolean().default(true),
  /** How long one service may take to become healthy, in seconds. */
  healthTimeoutSeconds: z.int().min(5).max(7_200).default(600),
  /** Whose Postgres it is; without `external`, the stack's own. */
  postgres: postgresSchema.prefault({}),
});

/** One engine is at `host`, several are `nodes`; never both. */
const environmentSchema = environmentFields
  .refine(({ kind, postgres }) => kind === "production" || !postgres.external, {
    path: ["postgres", "external"],
    error: "is for environments of kind production: what proves a copy in staging needs a superuser",
  })
  .refine(({ engine, nodes }) => engine === "docker" || nodes !== undefined, {
    path: ["engine"],
    message: "is swarm, and `nodes` names no machine",
  })
  .refine(({ engine, nodes }) => engine === "swarm" || nodes === undefined, {
    path: ["nodes"],
    message: "are for `engine: swarm`; one engine is named by `host`",
  })
  .refine(({ engine, host }) => engine === "docker" || host === "local", {
    path: ["host"],
    message: "is one machine's; those of a swarm are under `nodes`",
  })
  .refine(({ engine, bind }) => engine === "docker" || bind === "0.0.0.0", {
    path: ["bind"],
    message: "must be 0.0.0.0: a swarm publishes ports on every address of a machine, so say that it may",
  });

export const settingsSchema = z.strictObject({
  /** First part of every container, network and volume name. */
  project: name.default("understudy"),
  /** `auto` pulls and falls back to building, `pull` never builds, `build` never pulls. */
  images: z.enum(["auto", "pull", "build"]).default("auto"),
  /** Login of the first administrators (n8n's owner, Open WebUI's admin). */
  adminEmail: z.email().default("admin@understudy.local"),
  state: z
    .strictObject({
      backend: z
        .string()
        .regex(
          /^(local|file:\/\/.+|s3:\/\/.+|gs:\/\/.+|azblob:\/\/.+|postgres:\/\/.+)$/,
          'must be "local" or a Pulumi backend URL',
        )
        .refine(
          (url) => !hasPassword(url),
          "has a password in it, and this file is committed. Leave it out, and set PGPASSWORD (or the cloud's own variables) in the environment instead",
        )
        .default("local"),
    })
    .prefault({}),
  monitor: monitorSchema.prefault({}),
  alerts: alertsSchema.prefault({}),
  backup: backupSchema.prefault({}),
  console: consoleSchema.prefault({}),
  peers: peersSchema.prefault({}),
  promote: promoteSchema.prefault({}),
  records: recordsSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  teamSync: teamSchema.prefault({}),
  workflows: workflowsSchema.prefault({}),
  environments: z.record(name, environmentSchema).default({
    staging: environmentSchema.parse({ kind: "staging" }),
    production: environmentSchema.parse({ kind: "production", profile: "server" }),
  }),
});

/** `understudy.yml`, with every default filled in. Its annotated example is docs/understudy.example.yml. */
export type Settings = z.infer<typeof settingsSchema>;
export type EnvironmentSettings = z.infer<typeof environmentSchema>;

/** One environment with its name and the prefix of everything that it owns on its host. */
export interface Environment extends Omit<EnvironmentSettings, "egress"> {
  readonly name: string;
  /** `<project>-<environment>` unless set: the prefix of its containers, networks and volumes. */
  readonly stackName: string;
  readonly bindAddress: string;
  readonly egress: "none" | "open";
}

/** Read `understudy.yml`; without one, the defaults. @throws UserError with file, line and field. */
export function loadSettings(installation: Installation): Settings {
  if (!existsSync(installation.settingsFile)) return settingsSchema.parse({});
  return parseSettings(
    readFileSync(installation.settingsFile, "utf8"),
    relative(process.cwd(), installation.settingsFile) || installation.settingsFile,
  );
}

/** Validate the text of a settings file; `file` only names it in errors. */
export function parseSettings(text: string, file: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    const reason = broken.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "");
    throw new UserError(`${file}:${line}:${col}: ${reason}`, { next: "Correct the YAML and run again" });
  }
  const parsed = settingsSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw parsed.error;
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
  const node = path.length ? document.getIn(path, true) : document.contents;
  const range = (node as { range?: [number, number, number] } | undefined)?.range;
  const at = range ? `:${lines.linePos(range[0]).line}` : "";
  throw new UserError(`${file}${at}: ${path.join(".") || "settings"}: ${issue.message}`, {
    next: "docs/understudy.example.yml shows every field",
  });
}

/** Find an environment by name. @throws UserError naming those that exist. */
export function resolveEnvironment(settings: Settings, environment: string): Environment {
  const found = settings.environments[environment];
  if (!found) {
    throw new UserError(`No environment is called "${environment}"`, {
      next: `understudy.yml has: ${Object.keys(settings.environments).join(", ")}`,
    });
  }
  return {
    ...found,
    name: environment,
    host: found.nodes?.[0]?.host ?? found.host,
    sshOptions: found.nodes?.[0]?.sshOptions ?? found.sshOptions,
    stackName: found.stack ?? `${settings.project}-${environment}`,
    bindAddress: found.bind ?? (found.kind === "production" ? "0.0.0.0" : "127.0.0.1"),
    egress: found.egress ?? (found.kind === "production" ? "open" : "none"),
  };
}

/** The first environment of a kind; `--staging` and `--production` mean the one of that name when there is one. */
export function environmentOfKind(settings: Settings, kind: "staging" | "production"): string {
  if (settings.environments[kind]?.kind === kind) return kind;
  const found = Object.entries(settings.environments).find(([, value]) => value.kind === kind);
  if (!found) {
    throw new UserError(`understudy.yml has no environment of kind ${kind}`, { next: "Add one under environments:" });
  }
  return found[0];
}
