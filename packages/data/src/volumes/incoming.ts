import { type Engine, label, statusOf, untilGone } from "@understudy/core";

/** The volume that a copy is made in, beside the live one. */
export function incomingVolume(live: string): string {
  return `${live}_incoming`;
}

/** Make the volume of a copy anew and empty. What stood there under the name goes. @returns its name. */
export async function createIncomingVolume(
  engine: Engine,
  { live, stackName, environment }: { live: string; stackName: string; environment: string },
): Promise<string> {
  const name = incomingVolume(live);
  await removeVolume(engine, name);
  await engine.docker.createVolume({
    Name: name,
    Labels: { [label.incoming]: stackName, [label.environment]: environment },
  });
  return name;
}

/** Remove everything that copies of a stack have left: containers of a run that was killed, volumes that nobody needs any more. */
export async function removeIncoming(engine: Engine, stackName: string): Promise<void> {
  const filters = { label: [`${label.incoming}=${stackName}`] };
  for (const { Id } of await engine.docker.listContainers({ all: true, filters })) {
    await removeContainer(engine, Id);
  }
  const { Volumes } = await engine.docker.listVolumes({ filters });
  for (const { Name } of Volumes ?? []) await removeVolume(engine, Name);
}

/** Remove a container, and wait until it is gone: before that its volumes cannot be removed. */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  const container = engine.docker.getContainer(id);
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    // Its own end may be removing it already.
    if (statusOf(error) === 409) await untilGone(engine, id);
    else unlessGone(error);
  }
}

async function removeVolume(engine: Engine, name: string): Promise<void> {
  await engine.docker.getVolume(name).remove().catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}
