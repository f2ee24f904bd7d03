/** A command line of a unit file as systemd.syntax(7) and systemd.service(5) read it: words, then specifiers, then variables. */
export function readCommandLine(line: string): string[] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : quoted.replaceAll(/\\(.)/g, "$1"),
  );
  const [program = "", ...args] = words.map((word) => undouble(word, "%"));
  return [program, ...args.map((arg) => undouble(arg, "$"))];
}

/** What cron hands to the shell of a crontab's line: all after the five times, up to a bare `%`. */
export function readCronCommand(line: string): string {
  const [command = ""] = line
    .split(" ")
    .slice(5)
    .join(" ")
    .split(/(?<!\\)%/);
  return command.replaceAll("\\%", "%");
}

/** A single one would be read as the beginning of something else. */
function undouble(text: string, character: string): string {
  if (text.replaceAll(character.repeat(2), "").includes(character)) throw new Error(`a bare ${character} in ${text}`);
  return text.replaceAll(character.repeat(2), () => character);
}
