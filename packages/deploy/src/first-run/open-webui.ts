import { type HostSession, UserError } from "@understudy/core";

/** Make the administrator if Open WebUI has no user yet: the first to sign up is it. */
export async function ensureAdministrator(
  session: HostSession,
  base: URL,
  login: { readonly email: string; readonly password: string },
): Promise<void> {
  const post = (path: string, body: unknown) =>
    session.http(new URL(path, base), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const signedIn = await post("/api/v1/auths/signin", login);
  if (signedIn.status === 200) return;
  const signedUp = await post("/api/v1/auths/signup", { name: "Understudy Admin", ...login });
  if (signedUp.status === 200) return;
  throw new UserError(
    `Open WebUI has users already, and ${login.email} with the password in the environment file is not one (${signedUp.status})`,
    {
      next: "Put an administrator's WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD into the environment file",
    },
  );
}
