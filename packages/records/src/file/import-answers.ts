import { UserError } from "@understudy/core/light";
import { z } from "zod";
import type { Replica } from "../client/replica.ts";
import { packetSchema, readAnswer } from "../packet/packet.ts";
import { readHeader, readSigned } from "./signed-lines.ts";

const lineSchema = z.object({ packet: packetSchema, answer: z.unknown() });

/** Take in the answers to an exported file. Returns how many there are. @throws UserError for a file that is not the server's */
export async function importAnswers(file: string, replica: Replica, key: string): Promise<number> {
  const { kind, node_id } = await readHeader(file);
  if (kind !== "answers" || node_id !== (await replica.recall("node_id"))) {
    throw new UserError(`${file} has no answers for this node`, {
      next: "pnpm records:import writes them, beside the file that it is given",
    });
  }
  let taken = 0;
  for await (const line of readSigned(file, key)) {
    const { packet, answer: data } = lineSchema.parse(line);
    const answer = readAnswer(data);
    if (typeof answer === "string")
      throw new UserError(`${file} cannot be read: ${answer}`, { next: "Import the changes anew" });
    await replica.take(packet, answer);
    taken++;
  }
  return taken;
}
