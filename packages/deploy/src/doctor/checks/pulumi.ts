import { join } from "node:path";
import { compareVersions } from "@understudy/core";
import { type Context, type Finding, setUp, versionIn } from "../finding.ts";

/** Pulumi's engine, its Docker provider, and the Go compiler that builds them where they cannot be downloaded. */
export async function pulumi(context: Context): Promise<Finding[]> {
  const { chain } = context;
  const engine = await binary(context, "pulumi", "Pulumi", chain.pulumiBin, ["version"], chain.pulumiVersion);
  const provider = await binary(
    context,
    "pulumi-docker",
    "Pulumi's Docker provider",
    chain.providerBin,
    ["-version"],
    chain.dockerProviderVersion,
  );
  return [engine, provider, await go(context, engine.status !== "ok" || provider.status !== "ok")];
}

async function binary(
  { probe }: Context,
  name: string,
  title: string,
  path: string,
  args: string[],
  pinned: string,
): Promise<Finding> {
  const location = await probe.find(path);
  const version = location ? versionIn((await probe.run(path, args))?.stdout) : null;
  const status = version === null ? "failed" : version === pinned ? "ok" : "warning";
  return {
    name,
    title,
    status,
    required: true,
    version,
    location: location ?? null,
    needs: pinned,
    mend: status === "ok" ? null : location ? `rm -rf ${path}; then run ${setUp}` : setUp,
  };
}

/** Never required: the launcher brings its own when the one here is too old. */
async function go({ probe, root }: Context, building: boolean): Promise<Finding> {
  const module = await probe.readText(join(root, "toolchain", "pulumi", "go.mod"));
  const least = /^go (\S+)$/m.exec(module ?? "")?.[1] ?? "1.25";
  const location = await probe.find("go");
  const version = location ? versionIn((await probe.run(location, ["env", "GOVERSION"]))?.stdout) : null;
  const ok = version !== null && compareVersions(version, least) >= 0;
  return {
    name: "go",
    title: "Go (builds Pulumi)",
    status: ok ? "ok" : building ? "warning" : "unneeded",
    required: false,
    version,
    location: location ?? null,
    needs: `${least} or newer, where Pulumi cannot be downloaded`,
    mend: ok || !building ? null : `${setUp} brings its own when it has to build`,
  };
}
