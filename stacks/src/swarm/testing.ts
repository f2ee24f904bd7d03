import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ComposeModel, loadCompose, type Service } from "@understudy/compose";

/** For tests: the model of a compose text. */
export async function modelOf(text: string): Promise<ComposeModel> {
  const folder = await mkdtemp(join(tmpdir(), "swarm-"));
  try {
    const file = join(folder, "compose.yml");
    await writeFile(file, text);
    return await loadCompose({ files: [file], variables: {} });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** For tests: one service `a` from its lines, with volume `v`, config `c` and secret `s` to mount. */
export async function serviceOf(lines: string): Promise<{ model: ComposeModel; service: Service }> {
  const inside = lines.replaceAll(/^(?=.)/gm, "    ");
  const rest = "volumes: {v: {}}\nconfigs: {c: {content: hello}}\nsecrets: {s: {file: compose.yml}}\n";
  const text = `services:\n  a:\n    image: x:1\n${inside}\n${rest}`;
  const model = await modelOf(text);
  const service = model.services.a;
  if (!service) throw new Error("service a is missing");
  return { model, service };
}
