/**
 * Read an engine's answer to its end: JSON lines, one an event. An engine that has begun to answer tells a failure as one of
 * them (dockerode's own followProgress passes it over).
 * @throws Error with the engine's words.
 */
export async function readEvents<Event>(
  answer: NodeJS.ReadableStream,
  onEvent: (event: Event) => void = () => {},
): Promise<void> {
  let rest = "";
  for await (const chunk of answer) {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) readEvent(line, onEvent);
  }
  readEvent(rest, onEvent);
}

function readEvent<Event>(line: string, onEvent: (event: Event) => void): void {
  if (!line.trim()) return;
  const event = JSON.parse(line) as Event & { readonly error?: string };
  if (event.error) throw new Error(event.error);
  onEvent(event);
}
