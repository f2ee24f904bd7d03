import type { HttpDoor } from "@understudy/core";

/**
 * Make the administrator if Open WebUI has no user yet: the first to sign up is it.
 * @returns whether that login works now. It does not when a person has changed it: their right, and no failure.
 */
export async function ensureAdministrator(
  door: HttpDoor,
  base: URL,
  login: { readonly email: string; readonly password: string },
): Promise<boolean> {
  const post = (path: string, body: unknown) =>
    door.http(new URL(path, base), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const signedIn = await post("/api/v1/auths/signin", login);
  if (signedIn.status === 200) return true;
  const signedUp = await post("/api/v1/auths/signup", { name: "Understudy Admin", ...login });
  return signedUp.status === 200;
}
