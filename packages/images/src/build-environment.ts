import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { BuildSecrets } from "./build-command.ts";

// What a team sets to reach registries through its own mirror or proxy; taken over as it is.
const forwarded = [
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "npm_config_registry",
  "NPM_CONFIG_REGISTRY",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "UV_DEFAULT_INDEX",
  "UV_INDEX",
  "UV_INDEX_URL",
  "UV_EXTRA_INDEX_URL",
];

const certificateVariables = [
  "SSL_CERT_FILE",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "PIP_CERT",
  "NODE_EXTRA_CA_CERTS",
];

/** A shell script that build steps read: this machine's proxies and mirrors, and where its certificates are mounted. */
export function buildEnvironment(env: NodeJS.ProcessEnv, secrets: BuildSecrets): string {
  const variables: [string, string][] = forwarded.flatMap((name) => {
    const value = env[name];
    return value ? [[name, value]] : [];
  });
  if (secrets.certificates) {
    variables.push(...certificateVariables.map((name): [string, string] => [name, "/run/secrets/ca.crt"]));
  }
  return variables.map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`).join("") || "true\n";
}

/** The values of the build environment that may hold a password: they must not show up in a log. */
export function privateValues(env: NodeJS.ProcessEnv): string[] {
  return forwarded.flatMap((name) => /\/\/([^/@]+)@/.exec(env[name] ?? "")?.slice(1) ?? []);
}

/** The files of this machine that build steps may read. */
export function buildSecrets(env: NodeJS.ProcessEnv = process.env): BuildSecrets {
  const bundles = [
    env.SSL_CERT_FILE,
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/cert.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
  ];
  const firstThere = (files: readonly (string | undefined)[]) => files.find((file) => file && existsSync(file));
  return {
    certificates: firstThere(bundles),
    mavenSettings: firstThere([join(env.HOME ?? homedir(), ".m2", "settings.xml")]),
  };
}
