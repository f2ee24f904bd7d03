import { type Engine, messageOf, UserError } from "@understudy/core";
import { readEvents } from "./read-events.ts";
import { TransferProgress } from "./transfer-progress.ts";

/** A registry that could not be reached, as opposed to one that answered that it has no such image. */
export class RegistryUnreachable extends Error {}

interface PullEvent {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/**
 * Pull an image onto an engine. `report` gets the bytes done and known so far.
 * @throws RegistryUnreachable when the registry does not answer; UserError when it has no such image.
 */
export async function pullImage(engine: Engine, reference: string, report: (line: string) => void): Promise<void> {
  try {
    const layers = new Map<string, { current: number; total: number }>();
    const progress = new TransferProgress("pulling", report);
    await readEvents<PullEvent>(await engine.docker.pull(reference), (event) =>
      progress.at(...bytesSoFar(layers, event)),
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw explainPull(reference, error);
  }
}

/** Layers become known one after another, and so does the total. */
function bytesSoFar(layers: Map<string, { current: number; total: number }>, event: PullEvent): [number, number] {
  const { current, total } = event.progressDetail ?? {};
  if (event.id && event.status === "Downloading" && current && total) layers.set(event.id, { current, total });
  const known = [...layers.values()];
  return [known.reduce((sum, layer) => sum + layer.current, 0), known.reduce((sum, layer) => sum + layer.total, 0)];
}

/** Tell "no such image" from "no registry". Exported for its test. */
export function explainPull(reference: string, error: unknown): Error {
  const said = messageOf(error);
  if (/no space left on device/i.test(said)) {
    return new UserError(`The disk filled up while pulling ${reference}`, {
      next: "Free some room (docker system df) and run again",
      cause: error,
    });
  }
  if (/pull access denied|unauthorized|authentication required|no basic auth/i.test(said)) {
    return new UserError(`Image ${reference} does not exist in its registry, or needs a login`, {
      next: `Check its name and version in compose/; where it needs a login, pull it by hand on the host: docker pull ${reference}`,
      cause: error,
    });
  }
  if (/manifest unknown|not found|repository does not exist|invalid reference format|name unknown/i.test(said)) {
    return new UserError(`Image ${reference} does not exist in its registry`, {
      next: "Check its name and version in compose/",
      cause: error,
    });
  }
  if (
    /toomanyrequests|dial tcp|lookup|no such host|timeout|deadline exceeded|connection refused|unreachable|TLS|EOF|Client\.Timeout|server misbehaving|HTTP (status|response)/i.test(
      said,
    )
  ) {
    return new RegistryUnreachable(said, { cause: error });
  }
  return new UserError(`Image ${reference} could not be pulled: ${said}`, {
    next: "Run again; DEBUG=true logs the whole answer",
    cause: error,
  });
}
