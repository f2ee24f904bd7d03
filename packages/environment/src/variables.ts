import { randomInt } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  isSecret,
  isSecretName,
  laterVariables,
  missingVariables,
  parseEnvFile,
  randomSecret,
  renderEnvFile,
  secrets,
  sourceRoot,
  UserError,
  writeFileAtomic,
} from "@understudy/core";
import { externalPostgresVariables } from "./managed-postgres.ts";
import type { Target } from "./target.ts";

/** The values of one environment that its compose files ask for. */
export interface EnvironmentFile {
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
  readonly secretValues: readonly string[];
  /** Not on disk yet: this is what would be written. */
  readonly fresh: boolean;
  /** Values of variables that the file on disk lacks, as it is older than they are. */
  readonly later?: Readonly<Record<string, string>>;
}

/**
 * Read `.env.<environment>`, or make up a new one without writing it. Its secrets are known to the redactor from here.
 * @throws UserError naming every missing or empty variable, or when others can read the file.
 */
export function readEnvironmentFile(target: Target): EnvironmentFile {
  const path = target.installation.envFile(target.environment.name);
  const fresh = !existsSync(path);
  const text = fresh ? renderFresh(target) : readFileSync(path, "utf8");
  if (!fresh && statSync(path).mode & 0o077) {
    throw new UserError(`${path} can be read by others`, { next: `Close it: chmod 600 ${path}` });
  }
  const written = parseEnvFile(text);
  const later = fresh ? {} : laterValues(target, written);
  const values = { ...written, ...later };
  const missing = fresh ? [] : missingVariables(requiredNames(target), values);
  if (missing.length) {
    throw new UserError(`${path} lacks a value for ${missing.join(", ")}`, {
      next: "Fill it in; compose/env.template says what each is",
    });
  }
  const secretValues = Object.entries(values).flatMap(([name, value]) => (isSecret(name, value) ? [value] : []));
  secrets.add(secretValues);
  return { path, values, secretValues, fresh, later };
}

/** The one value of ours in an environment's file; all others are those of its services. */
const passphrase = "PULUMI_CONFIG_PASSPHRASE";

/**
 * The environment file of services that run already: what is known of their values, and the template's defaults. Nothing is made up but
 * the passphrase of our own state and what is newer than they are, and nothing is written.
 * @returns the file, and the names that only a person can tell
 */
export function fillEnvironmentFile(
  target: Target,
  known: Readonly<Record<string, string>>,
): { readonly file: EnvironmentFile; readonly missing: readonly string[] } {
  const path = target.installation.envFile(target.environment.name);
  const { adminEmail } = target.settings;
  const own = randomSecret({ kind: "password", length: 40 }, (below) => randomInt(below));
  const later = laterValues(target, known);
  const fixed = { N8N_OWNER_EMAIL: adminEmail, WEBUI_ADMIN_EMAIL: adminEmail, [passphrase]: own, ...later, ...known };
  const values = parseEnvFile(renderEnvFile(template(target), () => "", fixed));
  const secretValues = Object.entries(values).flatMap(([name, value]) => (isSecret(name, value) ? [value] : []));
  secrets.add(secretValues);
  return {
    file: { path, values, secretValues, fresh: true },
    missing: missingVariables(requiredNames(target), values),
  };
}

/** Write a fresh file, once, mode 0600. What an existing one says is never touched; what is newer than it comes last. */
export function writeFreshEnvironmentFile(target: Target, file: EnvironmentFile): EnvironmentFile {
  for (const [name, value] of Object.entries(file.later ?? {})) setVariable(file.path, name, value);
  if (!file.fresh) return { ...file, later: {} };
  writeFileAtomic(file.path, render(target, file.values), 0o600);
  return { ...file, fresh: false };
}

/** Set one variable in an environment file that exists, e.g. the API key that n8n gave. */
export function setVariable(path: string, name: string, value: string): void {
  const text = readFileSync(path, "utf8");
  const line = `${name}=${value}`;
  const pattern = new RegExp(`^${name}=.*$`, "m");
  writeFileAtomic(path, pattern.test(text) ? text.replace(pattern, () => line) : `${text.trimEnd()}\n${line}\n`, 0o600);
  if (isSecretName(name)) secrets.add([value]);
}

/**
 * What compose files are interpolated with: derived values, then the environment file, then the settings. EGRESS_INTERNAL is
 * last, so that nothing but the setting `egress` opens a staging.
 * @throws UserError when the file of a managed Postgres' CA cannot be read
 */
export function composeVariables(target: Target, file: EnvironmentFile): Record<string, string> {
  const { environment } = target;
  const at = (port: number) => `http://localhost:${port + environment.portOffset}`;
  return {
    UNDERSTUDY_ENVIRONMENT: environment.name,
    UNDERSTUDY_ROOT: target.installation.root,
    UNDERSTUDY_SOURCE: sourceRoot,
    BIND_ADDRESS: environment.bindAddress,
    N8N_PUBLIC_URL: `${at(5678)}/`,
    OPEN_WEBUI_PUBLIC_URL: at(8080),
    ...file.values,
    ...environment.variables,
    ...externalPostgresVariables(target),
    EGRESS_INTERNAL: String(environment.egress === "none"),
  };
}

function laterValues(target: Target, written: Readonly<Record<string, string>>): Record<string, string> {
  const lacking = Object.entries(laterVariables(template(target))).filter(([name]) => !written[name]);
  return Object.fromEntries(lacking.map(([name, spec]) => [name, randomSecret(spec, (below) => randomInt(below))]));
}

/** Every variable that a fresh file has a value for must keep one. */
function requiredNames(target: Target): string[] {
  return Object.entries(parseEnvFile(renderFresh(target))).flatMap(([name, value]) => (value ? [name] : []));
}

function renderFresh(target: Target): string {
  const { adminEmail } = target.settings;
  return render(target, { N8N_OWNER_EMAIL: adminEmail, WEBUI_ADMIN_EMAIL: adminEmail });
}

function template({ installation }: Target): string {
  return readFileSync(join(installation.composeDir, "env.template"), "utf8");
}

function render(target: Target, fixed: Readonly<Record<string, string>>): string {
  return renderEnvFile(template(target), (spec) => randomSecret(spec, (below) => randomInt(below)), fixed);
}
