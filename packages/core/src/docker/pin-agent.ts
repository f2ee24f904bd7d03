import { messageOf, UserError } from "../errors.ts";
import { readFingerprint } from "../pinned-agent.ts";
import { isThisMachine } from "../this-machine.ts";

/**
 * The certificate that an agent shows, to be pinned; null: this machine's own agent, which has none.
 * @throws UserError when another machine shows none: whoever listens on the way would get what opens its Docker engine
 */
export async function pinAgent(host: URL): Promise<string | null> {
  try {
    return await readFingerprint(new URL(`https://${host.host}`));
  } catch (error) {
    if (isThisMachine(host.hostname)) return null;
    throw new UserError(`${host.href} shows no certificate: ${messageOf(error)}`, {
      next: "Check that pnpm peers:serve runs there, with peers.certificate",
      cause: error,
    });
  }
}
