import type { ComposeModel, Service } from "@understudy/compose";
import type { ImageStart } from "../container-args.ts";
import { orUndefined } from "../values.ts";
import { whyAlone } from "./nature.ts";

/**
 * Open the directory, wait until nobody has it locked, and become the program: the lock ends with its last process, however that ends. An
 * image without flock(1), or a directory that its user may not read, goes without.
 */
const script = '[ -r "$0" ] && command -v flock >/dev/null && exec 9<"$0" && flock 9; exec "$@"';

/**
 * How a service is started so that it waits for whoever still works on its data. A machine that was parted from the swarm and comes back
 * is given the new container in the same moment as the word to end the old one, and two of Postgres in one folder destroy it. The lock
 * is on the directory of a volume that is this service's alone. Pure.
 * @returns undefined for one that needs none, or of which it is not known what it starts
 */
export function startedAlone(
  { services }: ComposeModel,
  service: Service,
  image: ImageStart | undefined,
): { commands: string[]; args?: string[] | undefined } | undefined {
  if (!whyAlone(service)) return undefined;
  const others = Object.values(services).filter(({ name }) => name !== service.name);
  const isShared = (source: string) => others.some(({ volumes }) => volumes.some((mount) => mount.source === source));
  const own = service.volumes.find(({ type, source, readOnly }) => type === "volume" && !readOnly && !isShared(source));
  const entrypoint = service.entrypoint ?? image?.entrypoint;
  const command = service.command ?? (service.entrypoint ? [] : image?.command);
  if (!own || !entrypoint || !command || entrypoint.length + command.length === 0) return undefined;
  return { commands: ["sh", "-c", script, own.target, ...entrypoint], args: orUndefined([...command]) };
}
