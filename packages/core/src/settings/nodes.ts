import { z } from "zod";

/** One machine of a swarm. */
const nodeSchema = z.strictObject({
  /** As `host` of an environment: `local`, `unix://…`, `ssh://…` or `agent://…`. */
  host: z
    .string()
    .regex(
      /^(local|unix:\/\/\/.+|ssh:\/\/[^\s/]+(\/\S*)?|agent:\/\/[^\s/@]+:\d{1,5})$/,
      'must be "local", "unix:///path", "ssh://user@host" or "agent://host:port"',
    ),
  sshOptions: z.array(z.string().regex(/^[A-Za-z]+=\S+$/, 'must look like "Option=value"')).default([]),
  /** Managers keep the swarm's state and decide; three of them survive the loss of one. */
  role: z.enum(["manager", "worker"]).default("worker"),
  /** Whether requests come in here: the edge runs on each such node. */
  ingress: z.boolean().default(false),
  /** What the other nodes reach it by. Default: the host's own name in `host`. */
  address: z.union([z.ipv4(), z.ipv6()]).optional(),
});

export type SwarmNode = z.infer<typeof nodeSchema>;

/** The machines of an environment with `engine: swarm`; the first is a manager and has the edge. */
export const nodesSchema = z
  .array(nodeSchema)
  .min(1, "must name the swarm's machines")
  .refine(([first]) => first?.role === "manager", "must begin with a manager")
  .refine((nodes) => nodes.some(({ ingress }) => ingress), "must have one with `ingress: true`, where requests come in")
  .refine((nodes) => new Set(nodes.map(({ host }) => host)).size === nodes.length, "must name each machine once")
  .optional();
