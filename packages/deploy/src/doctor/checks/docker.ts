import { compareVersions, minimumApiVersion } from "@understudy/core";
import { type Context, type Finding, setUp } from "../finding.ts";

const GIB = 2 ** 30;

/** What `docker version` and `docker info` say, as far as it is read here. */
interface DockerFacts {
  readonly Client?: { Version?: string };
  readonly Server?: { Version?: string; ApiVersion?: string } | null;
  readonly DockerRootDir?: string;
}

/** Docker's client, its engine, and the room where the engine keeps images and volumes. */
export async function docker(context: Context): Promise<Finding[]> {
  const { probe } = context;
  const location = await probe.find("docker");
  const answer = location ? await probe.run(location, ["version", "--format", "{{json .}}"]) : undefined;
  const facts = parse(answer?.stdout);
  const info = facts.Server && location ? await probe.run(location, ["info", "--format", "{{json .}}"]) : undefined;
  return [
    client(location, facts),
    engine(context, facts, answer?.stderr ?? ""),
    await disk(context, parse(info?.stdout).DockerRootDir),
  ];
}

function client(location: string | undefined, facts: DockerFacts): Finding {
  return {
    name: "docker-client",
    title: "Docker client",
    status: location ? "ok" : "failed",
    required: true,
    version: facts.Client?.Version ?? null,
    location: location ?? null,
    needs: "any",
    mend: location ? null : setUp,
  };
}

function engine({ probe }: Context, { Server: server }: DockerFacts, complaint: string): Finding {
  const host = probe.env.DOCKER_HOST;
  const api = server?.ApiVersion;
  const ok = api !== undefined && compareVersions(api, minimumApiVersion) >= 0;
  return {
    name: "docker-engine",
    title: "Docker engine",
    status: ok ? "ok" : "failed",
    required: true,
    version: server ? `${server.Version} (API ${api})` : null,
    location: host ?? (server ? "the default socket" : null),
    needs: `API ${minimumApiVersion} (20.10) or newer`,
    mend: ok ? null : mendEngine(probe.system().platform, host, server, complaint),
  };
}

function mendEngine(platform: string, host: string | undefined, server: unknown, complaint: string): string {
  if (server) return "Update the engine: sudo apt-get install docker.io, or Docker's own packages";
  if (/permission denied/i.test(complaint)) return "sudo usermod -aG docker $USER, then log in again";
  if (host) return `Start the engine at DOCKER_HOST=${host}, or: unset DOCKER_HOST`;
  return platform === "darwin" ? "Start Docker Desktop, or: colima start" : setUp;
}

/** The images take about 7 GB, building them as much again for a while. */
async function disk({ probe }: Context, folder: string | undefined): Promise<Finding> {
  const free = folder ? await probe.freeBytes(folder) : undefined;
  const gib = (free ?? 0) / GIB;
  const status = free === undefined || gib < 15 ? (free !== undefined && gib < 5 ? "failed" : "warning") : "ok";
  return {
    name: "disk",
    title: "Disk for Docker",
    status,
    required: true,
    version: free === undefined ? null : `${gib.toFixed(1)} GiB free`,
    location: folder ?? null,
    needs: "15 GiB before the first deploy, then 5 GiB",
    mend:
      status === "ok"
        ? null
        : free === undefined
          ? "Cannot be looked at from here: the engine is down or on another machine (there: docker system df)"
          : "Make room: docker system df shows what takes it",
  };
}

function parse(text: string | undefined): DockerFacts {
  try {
    return (JSON.parse(text || "{}") as DockerFacts | null) ?? {};
  } catch {
    return {};
  }
}
