import { UserError } from "@understudy/core";
import { type HttpAnswer, httpRequest } from "../../checks/http-request.ts";
import { addressOf } from "../../checks/types/common.ts";
import type { Ground } from "../ground.ts";
import type { Outcome } from "../report.ts";

const port = 8080;

/** Log in to Open WebUI as its administrator, and list the models that it offers. */
export async function testOpenWebui(ground: Ground, signal: AbortSignal): Promise<Outcome> {
  const { host, port: at } = await addressOf(ground, "open-webui", port);
  const base = `http://${host.includes(":") ? `[${host}]` : host}:${at}`;
  const { WEBUI_ADMIN_EMAIL: email = "", WEBUI_ADMIN_PASSWORD: password = "" } = ground.stack.envFile.values;
  const signedIn = await httpRequest(
    {
      url: new URL("/api/v1/auths/signin", base),
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    },
    signal,
  );
  if (signedIn.status !== 200) {
    return {
      status: "failed",
      seen: `${signedIn.status} for ${email}: ${signedIn.text.slice(0, 200)}`,
      expected: "WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD log in",
      next: `If somebody changed the password, put it into ${ground.stack.envFile.path}`,
    };
  }
  const { token } = parse<{ token?: string }>(signedIn);
  const models = await httpRequest(
    { url: new URL("/api/models", base), headers: { authorization: `Bearer ${token}` } },
    signal,
  );
  const list = models.status === 200 ? parse<{ data?: unknown }>(models).data : undefined;
  if (Array.isArray(list)) return { status: "passed" };
  return { status: "failed", seen: `${models.status}: ${models.text.slice(0, 200)}`, expected: "a list of models" };
}

function parse<Answer>({ text }: HttpAnswer): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch (error) {
    throw new UserError(`Open WebUI does not answer in JSON: ${text.slice(0, 120)}`, {
      next: "See pnpm logs open-webui",
      cause: error,
    });
  }
}
