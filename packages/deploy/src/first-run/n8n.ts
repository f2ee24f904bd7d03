import { type HttpDoor, UserError } from "@understudy/core";

export interface N8nLogin {
  readonly email: string;
  readonly password: string;
}

/** Whether n8n knows an API key. One that it knows and does not serve now (too many requests, fewer scopes) is known. */
export async function apiKeyIsKnown(door: HttpDoor, base: URL, key: string): Promise<boolean> {
  const { status } = await door.http(new URL("/api/v1/workflows?limit=1", base), {
    headers: { "x-n8n-api-key": key },
  });
  return status !== 401;
}

/**
 * Make the owner if n8n has none yet, and a new API key of every scope. n8n's own setup form does the same calls.
 * @returns the raw key; n8n shows it only now.
 */
export async function createApiKey(door: HttpDoor, base: URL, login: N8nLogin): Promise<string> {
  const call = caller(door, base);
  const cookie = await signIn(call, login);
  const scopes = await call<string[]>("GET", "/rest/api-keys/scopes", { cookie });
  const label = `understudy ${new Date().toISOString()}`;
  const { rawApiKey } = await call<{ rawApiKey: string }>("POST", "/rest/api-keys", {
    cookie,
    body: { label, scopes: scopes.data, expiresAt: null },
  }).then(({ data }) => data);
  return rawApiKey;
}

type Call = <T>(
  method: string,
  path: string,
  options: { cookie?: string; body?: unknown; accept?: number[] },
) => Promise<{ status: number; data: T; cookie: string }>;

async function signIn(call: Call, { email, password }: N8nLogin): Promise<string> {
  const setup = await call("POST", "/rest/owner/setup", {
    body: { email, firstName: "Understudy", lastName: "Owner", password },
    accept: [200, 400],
  });
  if (setup.status === 200) return setup.cookie;
  const signedIn = await call("POST", "/rest/login", {
    body: { emailOrLdapLoginId: email, password },
    accept: [200, 401],
  });
  if (signedIn.status === 200) return signedIn.cookie;
  throw new UserError(`n8n has an owner already, and ${email} with the password in the environment file is not it`, {
    next: "Put that owner's N8N_OWNER_EMAIL and N8N_OWNER_PASSWORD, or an N8N_API_KEY into the environment file",
  });
}

function caller(door: HttpDoor, base: URL): Call {
  return async <T>(
    method: string,
    path: string,
    { cookie, body, accept = [200] }: { cookie?: string; body?: unknown; accept?: number[] },
  ) => {
    const answer = await door.http(new URL(path, base), {
      method,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
        "browser-id": "understudy",
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!accept.includes(answer.status)) {
      throw new UserError(`n8n answered ${answer.status} to ${method} ${path}: ${answer.body.slice(0, 200)}`, {
        next: "See pnpm logs n8n",
      });
    }
    const set = answer.headers["set-cookie"];
    return {
      status: answer.status,
      data: (answer.status === 200 ? (JSON.parse(answer.body) as { data: T }).data : undefined) as T,
      cookie: [set ?? []]
        .flat()
        .map((line) => line.split(";")[0])
        .join("; "),
    };
  };
}
