import { get } from "node:http";
import { connect } from "node:net";
import type { Endpoint } from "@understudy/environment";

/** ms. */
const patience = 3_000;

/** Whether an endpoint answers this machine now. One question, straight from this process. */
export async function answersHere({ probe }: Endpoint): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { protocol, address: host, port, path } = probe;
  const call =
    protocol === "tcp"
      ? connect({ host, port }, () => resolve(true))
      : get({ host, port, path, agent: false }, ({ statusCode = 0 }) => resolve(statusCode >= 200 && statusCode < 300));
  call.setTimeout(patience, () => resolve(false)).on("error", () => resolve(false));
  try {
    return await promise;
  } finally {
    call.destroy();
  }
}
