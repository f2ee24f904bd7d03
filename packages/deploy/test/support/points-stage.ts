import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstallation, type Installation } from "@understudy/core";
import { type DesiredStack, type Release, recordDeployed, type Target } from "@understudy/environment";
import { type CreatedPoint, createPoint, type PointRequest } from "../../src/points/create-point.ts";
import { type ListedPoint, listPoints } from "../../src/points/list-points.ts";

/** An installation in a git repository of its own, of which production was "deployed". */
export class PointsStage {
  readonly installation: Installation;
  readonly target: Target;
  readonly images = new Set<string>();
  readonly backups = new Map<string, { verified: boolean; bytes: number }>();

  constructor(folder: string) {
    const root = mkdtempSync(join(folder, "installation-"));
    this.installation = findInstallation({ UNDERSTUDY_ROOT: root });
    this.target = { installation: this.installation, environment: { name: "production" } } as Target;
  }

  git(...args: string[]): string {
    return execFileSync("git", ["-C", this.installation.root, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  }

  /** @returns the commit */
  commit(text: string): string {
    writeFileSync(join(this.installation.root, "docker-compose.yml"), text);
    writeFileSync(join(this.installation.root, ".gitignore"), ".understudy/\n");
    this.git("add", ".");
    this.git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", text);
    return this.git("rev-parse", "HEAD");
  }

  /** Commit a compose file and record production as deployed from it. */
  deploy(version: number): Release {
    const commit = this.commit(`# ${version}`);
    return this.record({ version, commit });
  }

  record({ version, commit, services = ["n8n"] }: { version: number; commit?: string; services?: string[] }): Release {
    const image = { reference: `n8n:${version}`, id: `sha256:${version}`, digest: undefined, healthcheck: undefined };
    const release: Release = {
      id: `r-${String(version).padStart(12, "0")}`,
      commit,
      images: Object.fromEntries(services.map((service) => [service, { ...image, identity: `recipe:${version}` }])),
      files: {},
    };
    this.images.add(image.id);
    const files = [join(this.installation.root, "docker-compose.yml")];
    const sources = { "docker-compose.yml": `# ${version}`, "env.template": "" };
    const profile = { profile: "server", because: "set" };
    recordDeployed({ ...this.target, profile, files, sources } as unknown as DesiredStack, release);
    return release;
  }

  async point(at: string, changes: Partial<PointRequest> = {}): Promise<CreatedPoint> {
    const request = {
      at: new Date(at),
      checkpoint: '{"deployment":{}}',
      backup: null,
      databases: { postgres: "17.2" },
    };
    return await createPoint(this.target, { ...request, limit: 5_000, ...changes });
  }

  async list(): Promise<ListedPoint[]> {
    return await listPoints(this.target, { backups: this.backups, images: this.images });
  }
}

/** A folder for repositories, and git as on a machine where nobody configured it. */
export function plainGit(stub: (name: string, value: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-points-"));
  stub("HOME", folder);
  stub("GIT_CONFIG_NOSYSTEM", "1");
  stub("GIT_CONFIG_GLOBAL", join(folder, ".gitconfig"));
  return folder;
}
