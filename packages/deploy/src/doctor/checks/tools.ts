import { type Context, type Finding, installPackage, versionIn } from "../finding.ts";

/** Programs of the system: git always, ssh and mmdebstrap only for what asks for them. */
export async function tools(context: Context): Promise<Finding[]> {
  const linux = context.probe.system().platform === "linux";
  return [
    await tool(context, { name: "git", title: "git", args: ["--version"], required: true, needs: "any", pkg: "git" }),
    await tool(context, {
      name: "ssh",
      title: "ssh client",
      args: ["-V"],
      required: false,
      needs: "any, for ssh:// environments",
      pkg: "openssh-client",
    }),
    ...(linux ? [await tool(context, mmdebstrap)] : []),
  ];
}

interface Tool {
  readonly name: string;
  readonly title: string;
  readonly args: readonly string[];
  readonly required: boolean;
  readonly needs: string;
  readonly pkg: string;
}

const mmdebstrap: Tool = {
  name: "mmdebstrap",
  title: "mmdebstrap (builds images)",
  args: ["--version"],
  required: false,
  needs: "any, where no container registry is reached",
  pkg: "mmdebstrap",
};

async function tool(context: Context, { name, title, args, required, needs, pkg }: Tool): Promise<Finding> {
  const location = await context.probe.find(name);
  const answer = location ? await context.probe.run(location, args) : undefined;
  return {
    name,
    title,
    status: location ? "ok" : required ? "failed" : "warning",
    required,
    version: versionIn(answer?.stdout || answer?.stderr), // ssh says its version on standard error
    location: location ?? null,
    needs,
    mend: location ? null : installPackage(pkg, context),
  };
}
