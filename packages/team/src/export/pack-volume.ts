import type { VolumeBox } from "@understudy/data";
import type { CarriedVolume } from "../volumes.ts";

/** The same files give the same tar: in order of their names, with whole seconds, without the names of users. */
const script = `cd "$1"; shift
own=(); while [ "$1" != -- ]; do own+=("--exclude=./$1"); shift; done; shift
present=(); for part; do if [ -e "$part" ]; then present+=("$part"); fi; done
tar --create --sort=name --format=gnu --numeric-owner --sparse --anchored \\
  "\${own[@]}" --exclude=./lost+found '--exclude=./.understudy-*' --files-from=/dev/null "\${present[@]}"`;

/** What of a volume travels, as a tar. Nobody writes to it meanwhile. @throws UserError in tar's words */
export async function* packVolume(box: VolumeBox, { path, only, own }: CarriedVolume): AsyncGenerator<Buffer> {
  const { input, output, ended } = await box.start(script, [path, ...own, "--", ...(only ?? ["."])]);
  input.end();
  yield* output();
  await ended();
}
