/**
 * A bare machine for ./understudy: a copy of the launcher, a PATH of nothing but basic tools, and stand-ins for
 * what must not run here (package managers, the engine, compilers). Every stand-in records its call.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const checkout = resolve(import.meta.dirname, "../..");
const basicTools =
  "sh awk cat cksum dirname env flock grep gzip head ln mkdir mv rm sed setsid sleep tail tar touch uname".split(" ");

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), "understudy-launcher-"));
  readonly root = join(this.folder, "checkout with spaces");
  readonly cache = join(this.folder, "cache");
  readonly tools = join(this.folder, "tools");
  readonly hostRoot = join(this.folder, "host");
  readonly pulumiHome: string;
  readonly providerDir: string;
  private readonly callsFile = join(this.folder, "calls");
  private readonly engineUp = join(this.folder, "engine-up");

  constructor() {
    for (const folder of [this.root, this.tools, join(this.hostRoot, "var/run"), join(this.folder, "home")]) {
      mkdirSync(folder, { recursive: true });
    }
    for (const path of ["understudy", "toolchain", "package.json", "pnpm-lock.yaml"]) {
      cpSync(join(checkout, path), join(this.root, path), { recursive: true });
    }
    for (const tool of basicTools) symlinkSync(systemPath(tool), join(this.tools, tool));
    this.pulumiHome = join(this.cache, `pulumi-${this.pinned("PULUMI_VERSION")}`);
    this.providerDir = join(this.pulumiHome, `plugins/resource-docker-v${this.pinned("DOCKER_PROVIDER_VERSION")}`);
    this.installIdentity("root");
  }

  /** Node with npm, Docker with a running engine, and a Go that is new enough. */
  withEverything(): this {
    this.installNode();
    this.installDocker();
    this.startEngine();
    this.installGo();
    return this;
  }

  /** A program on the PATH that records its call and then runs the shell lines given. */
  standIn(name: string, lines = ""): void {
    writeFileSync(join(this.tools, name), this.script(name, lines));
    chmodSync(join(this.tools, name), 0o755);
  }

  installNode(npmLines = ""): void {
    symlinkSync(process.execPath, join(this.tools, "node"));
    const pnpm = this.script("pnpm", `case "$*" in *install*) mkdir -p "$2/node_modules" ;; *) echo "ran: $*" ;; esac`);
    this.standIn(
      "npm",
      `${npmLines}
mkdir -p "$3/node_modules/.bin"
ln -s '${process.execPath}' "$3/node_modules/.bin/node"
cat >"$3/node_modules/.bin/pnpm" <<'END'
${pnpm}END
chmod 755 "$3/node_modules/.bin/pnpm"`,
    );
    if (!existsSync(join(this.tools, "chmod"))) symlinkSync(systemPath("chmod"), join(this.tools, "chmod"));
  }

  installDocker(): void {
    this.standIn(
      "docker",
      `case $1 in
  version) [ -e '${this.engineUp}' ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; } ;;
  context) echo default ;;
esac`,
    );
    this.standIn("dockerd", `touch '${this.engineUp}'; exec sleep 1`);
  }

  startEngine(): void {
    writeFileSync(this.engineUp, "");
  }

  installGo(version = "1.26.6", buildLines = ""): void {
    this.standIn(
      "go",
      `[ "$1" = env ] && { echo go${version}; exit; }
while [ "$1" != -o ]; do shift; done
${buildLines}
printf '#!/bin/sh\\necho built\\n' >"$2"
chmod 755 "$2"`,
    );
    if (!existsSync(join(this.tools, "chmod"))) symlinkSync(systemPath("chmod"), join(this.tools, "chmod"));
  }

  installIdentity(user: "root" | "ann", groups: string = user): void {
    const uid = user === "root" ? 0 : 1000;
    writeFileSync(
      join(this.tools, "id"),
      `#!/bin/sh\ncase $1 in -u) echo ${uid} ;; -un) echo ${user} ;; *) echo ${groups} ;; esac\n`,
      { mode: 0o755 },
    );
  }

  /** The file that says that the engine answers, for stand-ins that start it. */
  get engineMark(): string {
    return this.engineUp;
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; result: Promise<Result> } {
    return this.spawn(join(this.root, "understudy"), args, env);
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    return this.start(args, env).result;
  }

  /** Runs on a terminal, with what a person types. */
  runOnTerminal(args: readonly string[], typed: string): Promise<Result> {
    const { child, result } = this.spawn(
      systemPath("script"),
      ["-qec", ["./understudy", ...args].join(" "), "/dev/null"],
      {
        SHELL: "/bin/sh",
      },
    );
    child.stdin?.end(typed);
    return result;
  }

  /** The recorded calls, e.g. `npm install --prefix …`. */
  calls(program = ""): string[] {
    if (!existsSync(this.callsFile)) return [];
    const lines = readFileSync(this.callsFile, "utf8").trim().split("\n");
    return lines.filter((line) => line.startsWith(program));
  }

  forgetCalls(): void {
    rmSync(this.callsFile, { force: true });
  }

  async untilCalled(program: string): Promise<void> {
    for (let tries = 0; this.calls(program).length === 0; tries++) {
      if (tries > 500) throw new Error(`${program} was never called`);
      await new Promise((later) => setTimeout(later, 10));
    }
  }

  pinned(name: string): string {
    const text = readFileSync(join(checkout, "toolchain/versions"), "utf8");
    return new RegExp(`^${name}=(.+)$`, "m").exec(text)?.[1] ?? "";
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private script(name: string, lines: string): string {
    return `#!/bin/sh\necho "${name} $*" >>'${this.callsFile}'\n${lines}\n`;
  }

  private spawn(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawn(program, args, {
      cwd: this.root,
      detached: true,
      stdio: [program.endsWith("script") ? "pipe" : "ignore", "pipe", "pipe"],
      env: {
        PATH: this.tools,
        HOME: join(this.folder, "home"),
        UNDERSTUDY_CACHE: this.cache,
        UNDERSTUDY_HOST_ROOT: this.hostRoot,
        UNDERSTUDY_PULUMI_DOWNLOAD_BASE: "http://127.0.0.1:9/releases",
        ...env,
      },
    });
    const texts = { stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk) => (texts.stdout += chunk));
    child.stderr?.on("data", (chunk) => (texts.stderr += chunk));
    const result = new Promise<Result>((done) => child.on("close", (code) => done({ code, ...texts })));
    return { child, result };
  }
}

function systemPath(tool: string): string {
  const path = ["/usr/bin", "/bin"].map((folder) => join(folder, tool)).find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`these tests need ${tool}`);
  return path;
}
