import { connect } from "node:net";
import { UserError } from "@understudy/core";
import { z } from "zod";
import type { Check } from "../check.ts";
import { networkFault } from "../network-fault.ts";
import { addressOf, base, type CheckType, definition } from "./common.ts";

const schema = definition("tcp", "host", {
  /** Without it: the service's own container. */
  host: z.string().min(1).optional(),
  port: z.int().min(1).max(65_535),
});

/** Connects to a port, and sends nothing. */
export const tcp: CheckType<typeof schema> = {
  type: "tcp",
  schema,
  make: ({ host, port, ...definition }): Check => ({
    ...base(definition, { unit: "ms", bad: "above" }),
    expected: "a connection is taken",
    needs: host ? [] : [definition.service],
    look: async (context, signal) => {
      const address = host ? { host, port } : await addressOf(context, definition.service, port);
      const began = performance.now();
      await connected(address, signal);
      const latency = Math.round(performance.now() - began);
      return { ok: true, seen: `connected in ${latency} ms`, measured: latency, figures: { latency_ms: latency } };
    },
  }),
};

async function connected({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<void> {
  const where = `${host}:${port}`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port });
  socket.once("connect", resolve).once("error", (error) => reject(new UserError(networkFault(error, where))));
  const late = () => reject(new UserError(`${where} takes no connection`));
  signal.addEventListener("abort", late, { once: true });
  try {
    await promise;
  } finally {
    socket.destroy();
  }
}
