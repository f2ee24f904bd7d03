import { createReadStream } from "node:fs";
import { join } from "node:path";
import files from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { sendNothing } from "./errors.ts";

/** Serve the built page. Its parts have names that change with them, so browsers keep those for good. */
export async function addPage(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(files, {
    root: folder,
    preCompressed: true,
    wildcard: false,
    index: false,
    setHeaders: (reply, path) => {
      const kept = path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
      reply.header("cache-control", kept);
    },
  });
  // Every address of the page is the page: it finds its own way from there.
  server.get("/*", (request, reply) => {
    if (request.url.startsWith("/api/") || request.url.startsWith("/assets/")) return sendNothing(reply);
    return reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-cache")
      .send(createReadStream(join(folder, "index.html")));
  });
}
