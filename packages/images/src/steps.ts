/** What BuildKit's plain progress and mmdebstrap say, reduced to what a person wants to follow. */
export class StepReader {
  #steps = new Map<string, string>();
  #tails = new Map<string, string[]>();
  #failed: string | undefined;
  #last: string | undefined;

  /** Take one line of output; returns a line worth showing, when it begins a step. */
  read(line: string): string | undefined {
    const [, id, rest = ""] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (id === undefined) return this.#readPlain(line);
    this.#last = id;
    const step = /^\[(?:(\S+) )?\s*(\d+\/\d+)\] (.*)$/.exec(rest);
    if (step && !this.#steps.has(id)) {
      const title = `${step[1] && !step[1].startsWith("stage-") ? `${step[1]} ` : ""}${step[2]} ${instruction(step[3] ?? "")}`;
      this.#steps.set(id, title);
      return title;
    }
    if (/^(ERROR|error)[: ]/.test(rest)) this.#failed = id;
    else if (/^\d+\.\d+ /.test(rest)) this.#keep(id, rest.replace(/^\d+\.\d+ /, ""));
    return undefined;
  }

  /** The title and last lines of the step that failed, or of the newest one. */
  failure(): { step: string; lines: string[] } {
    const id = this.#failed ?? this.#last ?? "";
    return { step: this.#steps.get(id) ?? "start", lines: this.#tails.get(id) ?? this.#tails.get("") ?? [] };
  }

  #readPlain(line: string): string | undefined {
    if (line.trim() === "") return undefined;
    this.#keep("", line);
    return /^I: (.*)/.exec(line)?.[1];
  }

  #keep(id: string, line: string): void {
    const tail = this.#tails.get(id) ?? [];
    tail.push(line);
    if (tail.length > 15) tail.shift();
    this.#tails.set(id, tail);
  }
}

/** `RUN --mount=… set -eu; …; apt-get update; …` is too long for a line: the mounts and the preamble go. */
function instruction(text: string): string {
  const words = text
    .replaceAll(/--(?:mount|chmod|chown|from)=\S+\s*/g, "")
    .replace(/set -eu; (?:if \[ -f \/run\/secrets\/build\.env \].*?fi;\s*)?(?:export DEBIAN_FRONTEND=\S+\s*)?/, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return words.length > 72 ? `${words.slice(0, 71)}…` : words;
}
