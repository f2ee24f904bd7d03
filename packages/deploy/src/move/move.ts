import { confirmDestructive, HostSession, openLog, UserError } from "@understudy/core";
import {
  bookMount,
  carryBook,
  chooseTarget,
  deployedAt,
  type EnvironmentChoice,
  isShared,
  type Journey,
  placeInWords,
  readJourney,
  type Target,
  whereaboutsOf,
} from "@understudy/environment";
import { ensureToolbox } from "../images/acquire.ts";
import { mutateStack } from "../mutate-stack.ts";
import { chooseJourney } from "./choose-journey.ts";
import { finishMove } from "./finish.ts";
import { type Ground, openGround, wayInWords } from "./ground.ts";
import { type Looked, lookAround } from "./look.ts";
import { planMove } from "./plan-move.ts";
import { type MoveReport, reportOf } from "./report.ts";
import { type Travelled, travel } from "./travel.ts";

export interface MoveRequest extends EnvironmentChoice {
  /** Back to where it was before, with what was written since. */
  readonly back: boolean;
  /** Remove what the old place still has: there is no way back then. */
  readonly finish: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** Bring an environment that runs, with its data, from one host to a swarm, or back. @throws UserError that says where it runs */
export async function moveEngine(request: MoveRequest): Promise<MoveReport> {
  const target = chooseTarget(request);
  if (request.finish) return await finishMove(target, request);
  const before = readJourney(target)?.at;
  const journey = journeyOf(target, request);
  await using ground = await openGround(target, journey);
  const isBegun = before === journey.at;
  const looked = isBegun ? undefined : await lookAround(target, journey, ground);
  const plan = looked && planMove(looked);
  const { say, dryRun, yes } = request;
  say(`${target.environment.name}: ${wayInWords(journey)}${isBegun ? ", going on from what was begun" : ""}`);
  for (const step of plan?.steps ?? []) say(`  ${step}`);
  if (dryRun) return reportOf(target, "planned", { journey, looked, plan });
  if (isUndoneOver(journey)) await confirmDestructive(undoQuestion(journey), { yes });
  if (plan) await confirmDestructive(`${target.environment.name} will be down meanwhile. Move it?`, { yes });
  const travelled = await underLocks(target, ground, withHome(journey, looked), request, () => {
    if (readJourney(target)?.at !== before) throw overtaken(target);
  });
  return reportOf(target, travelled.journey.data === "moves" ? "moved" : "undone", { ...travelled, looked, plan });
}

/** Whether copies of the data were begun to be served from, which will not count. */
function isUndoneOver({ data, phase, begun }: Journey): boolean {
  return data === "stays" && phase === "leaving" && begun.length > 0;
}

function undoQuestion({ from, to }: Journey): string {
  return `The data on ${placeInWords(to)} counts again: what was written on ${placeInWords(from)} since it began to start there goes.`;
}

function journeyOf(target: Target, { back }: MoveRequest): Journey {
  const [recorded, last, wanted] = [deployedAt(target), readJourney(target), whereaboutsOf(target.environment)];
  return chooseJourney({ target, wanted, recorded, last, back, now: new Date() });
}

function withHome(journey: Journey, looked: Looked | undefined): Journey {
  return looked ? { ...journey, home: looked.homeNode ?? null } : journey;
}

/** The lock of each end: of one machine, by which both see it; else two. */
async function underLocks(
  target: Target,
  ground: Ground,
  journey: Journey,
  request: MoveRequest,
  check: () => void,
): Promise<Travelled> {
  const { wait, say } = request;
  const { environment, installation } = target;
  const { from, to, node } = ground;
  const { stackName } = environment;
  const log = openLog(installation, environment.name, "move");
  const held = node && to.engine.fleet ? to.engine : from.engine;
  const toolbox = await ensureToolbox(held, say);
  if (held !== from.engine) await ensureToolbox(from.engine, say);
  if (held !== to.engine) await ensureToolbox(to.engine, say);
  const options = { verb: "engine:move", wait, toolbox, node, overUnfinishedSwap: false, log, say };
  await using second = new AsyncDisposableStack();
  let other: HostSession | undefined;
  const travelled = await mutateStack(target, held, options, async (mutation) => {
    check();
    if (!node) {
      const mounts = isShared(target) ? [bookMount(stackName)] : [];
      const lock = { stackName, environment: environment.name, verb: "engine:move", image: toolbox, wait, mounts };
      other = second.use(await HostSession.open(to.engine, lock));
    }
    const sessions = { from: mutation.session, to: other ?? mutation.session };
    return await travel(journey, { target, ground, mutation, sessions, log, say });
  });
  if (other && isShared(target)) await carryBook(held, other, stackName);
  return travelled;
}

/** Whoever had the lock before may have moved it. */
function overtaken({ environment }: Target): UserError {
  return new UserError(`Another move of ${environment.name} was made meanwhile`, {
    next: "Run the same command again",
  });
}
