import { relative } from "node:path";
import { openGraphOf, openSide } from "@understudy/data";
import { chooseTarget, type EnvironmentChoice } from "@understudy/environment";
import { maskingKey } from "../state/masking-key.ts";
import { chooseDatabases } from "./choose-databases.ts";
import { type LackOfDatabase, type LackOfGraph, lacksOf, lacksOfGraph } from "./lacks-of.ts";
import { onlyNamed } from "./only-named.ts";
import { policyFile, readPolicy } from "./read-policy.ts";
import { type Addition, additionsOf, additionsOfGraph, writePolicy } from "./write-policy.ts";

export interface PolicyRequest extends EnvironmentChoice {
  /** Only these; undefined: all that production has. */
  readonly databases: readonly string[] | undefined;
  /** Write what is proposed: all, or only what is named, as the report calls it. */
  readonly accept: boolean | readonly string[];
}

/** What the policy lacks; with `accept`, what it lacked and was written, and what it still lacks. */
export interface PolicyReport {
  readonly environment: string;
  readonly file: string;
  readonly written: readonly Lacks[];
  readonly lacks: Lacks;
}

export interface Lacks {
  readonly databases: readonly LackOfDatabase[];
  /** Undefined: there is none, or only databases were asked for. */
  readonly graph: LackOfGraph | undefined;
}

/** Behind a path of a document that was ruled another may come to light: so often at most. */
const rounds = 10;

/** Compare the policy with what production has, and propose what it lacks. Only reads production. @throws UserError */
export async function syncPolicy({ databases, accept, ...choice }: PolicyRequest): Promise<PolicyReport> {
  const target = chooseTarget(choice, "production");
  const { installation, environment } = target;
  const file = policyFile(installation);
  readPolicy(installation);
  const key = maskingKey(installation);
  await using side = await openSide(target);
  await using graph = databases ? undefined : await openGraphOf(side);
  const names = await chooseDatabases(side.server, databases);
  const look = async (): Promise<Lacks> => {
    const policy = readPolicy(installation);
    const found: LackOfDatabase[] = [];
    for (const name of names) found.push(await lacksOf(side.server, name, policy, key));
    return { databases: found, graph: graph && (await lacksOfGraph(graph, policy)) };
  };
  const written: Lacks[] = [];
  let lacks = await look();
  const write = async (chosen: Lacks): Promise<boolean> => {
    if (writePolicy(file, additions(chosen)) === 0) return false;
    written.push(chosen);
    lacks = await look();
    return true;
  };
  if (typeof accept === "object") await write(onlyNamed(lacks, accept));
  else for (let round = 0; accept && round < rounds; round++) if (!(await write(lacks))) break;
  return { environment: environment.name, file: relative(process.cwd(), file), written, lacks };
}

function additions({ databases, graph }: Lacks): Addition[] {
  return [
    ...databases.flatMap(({ name, proposals }) => additionsOf(name, proposals)),
    ...additionsOfGraph(graph?.proposals ?? []),
  ];
}
