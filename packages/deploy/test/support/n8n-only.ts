import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sourceRoot } from "@understudy/core";
import { parse, stringify } from "yaml";

/** Put the checkout's own compose files into an installation, without the services that n8n does not need. */
export function writeN8nOnly(root: string): void {
  const folder = join(root, "compose");
  cpSync(join(sourceRoot, "compose"), folder, { recursive: true });
  for (const file of ["docker-compose.yml", "docker-compose.staging.yml", "docker-compose.laptop.yml"]) {
    const path = join(folder, file);
    const compose = parse(readFileSync(path, "utf8"), { merge: true });
    for (const name of ["letta", "open-webui", "neo4j"]) {
      delete compose.services[name];
      delete compose.services.haproxy?.depends_on?.[name];
    }
    const { haproxy } = compose.services;
    if (haproxy?.ports) haproxy.ports = haproxy.ports.filter((port: string) => /N8N_PORT|POSTGRES_PORT/.test(port));
    writeFileSync(path, stringify(compose));
  }
  edit(folder, "haproxy/10-http.cfg", /^(frontend|backend) (letta|open-webui)\b.*\n(?: .*\n)*\n/gm);
  edit(folder, "haproxy/20-tcp-staging.cfg", /^(frontend|backend) neo4j.*\n(?: .*\n)*\n?/gm);
}

function edit(folder: string, file: string, without: RegExp): void {
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, "utf8").replace(without, ""));
}
