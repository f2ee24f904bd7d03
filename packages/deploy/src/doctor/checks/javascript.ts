import { join } from "node:path";
import { compareVersions } from "@understudy/core";
import { type Context, type Finding, setUp, versionIn } from "../finding.ts";

/** Node, pnpm and the project's dependencies. */
export async function javascript(context: Context): Promise<Finding[]> {
  const { nodeVersion, pnpmVersion } = context.chain;
  return [
    await runtime("node", "Node", nodeVersion, context),
    await runtime("pnpm", "pnpm", pnpmVersion, context),
    await dependencies(context),
  ];
}

/** Any release of the pinned major version, from its own on, will do. */
async function runtime(name: string, title: string, pinned: string, { probe }: Context): Promise<Finding> {
  const location = await probe.find(name);
  const version = location ? versionIn((await probe.run(location, ["--version"]))?.stdout) : null;
  const least = pinned.split(".")[0] ?? pinned;
  const ok = version !== null && compareVersions(version, least) >= 0;
  return {
    name,
    title,
    status: ok ? "ok" : "failed",
    required: true,
    version,
    location: location ?? null,
    needs: `${least} or newer (pinned: ${pinned})`,
    mend: ok ? null : `Run verbs as ./understudy <verb>, which brings its own; or: ${setUp}`,
  };
}

/** pnpm keeps a copy of the lockfile that it installed from. */
async function dependencies({ probe, root }: Context): Promise<Finding> {
  const wanted = await probe.readText(join(root, "pnpm-lock.yaml"));
  const installed = await probe.readText(join(root, "node_modules", ".pnpm", "lock.yaml"));
  const ok = installed !== undefined && installed === wanted;
  return {
    name: "dependencies",
    title: "Dependencies",
    status: ok ? "ok" : "failed",
    required: true,
    version: installed === undefined ? null : ok ? "as locked" : "of another lockfile",
    location: installed === undefined ? null : join(root, "node_modules"),
    needs: "as pnpm-lock.yaml",
    mend: ok ? null : "pnpm install --frozen-lockfile",
  };
}
