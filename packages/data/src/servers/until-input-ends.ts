/**
 * A container's command that ends when standard input does: so a service lives no longer than this process, however that ends. It is told
 * by SIGTERM, and waited for.
 * @param words entrypoint and command, as the image or a container has them
 */
export function untilInputEnds(words: readonly string[]): { Entrypoint: string[]; Cmd: string[] } {
  return { Entrypoint: ["sh", "-c", script, "sh"], Cmd: [...words] };
}

// A command in the background has no standard input: it is kept as another descriptor.
const script = `exec 3<&0
"$@" < /dev/null 3<&- & server=$!
{ cat <&3 > /dev/null; kill -TERM $server; } &
wait $server`;
