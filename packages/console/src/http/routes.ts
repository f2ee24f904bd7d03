import { hostname } from "node:os";
import { audit, type Installation, type Log, type Settings } from "@understudy/core";
import { z } from "zod";
import { AccessError } from "../access/access-error.ts";
import type { Accounts } from "../access/accounts.ts";
import { Attempts } from "../access/attempts.ts";
import type { Gate } from "../access/gate.ts";
import { isPassword } from "../access/password.ts";
import { loginSchema, type Session, sessionSchema } from "../contract/session.ts";
import type { KeptAnswers } from "../views/kept.ts";
import type { Watch } from "../views/watch.ts";
import { openApi } from "./open-api.ts";
import { policyRoutes } from "./policy-routes.ts";
import { type Route, route } from "./route.ts";
import { runRoutes } from "./run-routes.ts";
import { viewRoutes } from "./view-routes.ts";

/** What the console works on. */
export interface Desk {
  readonly installation: Installation;
  readonly settings: Settings;
  readonly accounts: Accounts;
  readonly gate: Gate;
  readonly watch: Watch;
  readonly kept: KeptAnswers;
  readonly version: string;
  /** Whose full syncs the agent in this process does; null: none runs here. */
  readonly fullSync: string | null;
  readonly secure: boolean;
  readonly log: Log;
}

/** Every address of the API. */
export function consoleRoutes(desk: Desk): Route[] {
  const routes = [...sessionRoutes(desk), ...viewRoutes(desk), ...runRoutes(desk), ...policyRoutes(desk)];
  const described: Route = route({
    method: "GET",
    path: "/api/console/openapi.json",
    summary: "This interface as OpenAPI",
    who: "viewer",
    answer: z.looseObject({ openapi: z.string() }),
    handle: (): object => openApi([...routes, described], desk.version),
  });
  return [...routes, described];
}

function sessionRoutes(desk: Desk): Route[] {
  const { accounts, gate, installation, settings, secure } = desk;
  const attempts = new Attempts(settings.console.loginAttempts);
  const cookie = { path: "/", httpOnly: true, sameSite: "strict", secure } as const;
  const life = settings.console.sessionHours * 3_600_000;
  const record = (name: string, what: string, result: "succeeded" | "failed") =>
    audit(installation, { what, who: `${name}@${hostname()}`, environment: "console", result });
  return [
    route({
      method: "POST",
      path: "/api/console/login",
      summary: "Log in: sets the session's cookie",
      who: "anybody",
      body: loginSchema,
      answer: sessionSchema,
      handle: async ({ body: { name, password }, request, reply }) => {
        // A name is guessed from many addresses, too.
        const counted = [`address ${request.ip}`, `name ${name}`];
        const wait = Math.max(...counted.map((who) => attempts.take(who)));
        if (wait > 0) throw new AccessError(429, "too-many-requests", "Too many attempts", `Wait ${wait} s`, wait);
        if (!(await isPassword(password, accounts.passwordOf(name)))) {
          record(name, "console:login", "failed");
          throw new AccessError(401, "unauthorized", "Name or password is wrong", noUsers(accounts) ?? "Try again");
        }
        for (const who of counted) attempts.giveBack(who);
        const session = accounts.openSession(name, life);
        record(name, "console:login", "succeeded");
        reply.setCookie(gate.cookie, session, { ...cookie, maxAge: life / 1_000 });
        return sessionOf(desk, accounts.bySession(session) as NonNullable<ReturnType<Accounts["bySession"]>>);
      },
    }),
    route({
      method: "POST",
      path: "/api/console/logout",
      summary: "Log out",
      who: "viewer",
      answer: z.object({}),
      handle: ({ request, reply, caller }) => {
        accounts.closeSession(gate.cookieOf(request) ?? "");
        record(caller.name, "console:logout", "succeeded");
        reply.clearCookie(gate.cookie, cookie);
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/console/session",
      summary: "Who is logged in, and what there is",
      who: "viewer",
      answer: sessionSchema,
      handle: ({ caller }) => sessionOf(desk, caller),
    }),
  ];
}

function sessionOf({ settings, version, fullSync }: Desk, caller: Pick<Session, "name" | "role" | "csrf">): Session {
  return {
    name: caller.name,
    role: caller.role,
    csrf: caller.csrf,
    ...{ project: settings.project, version, fullSync },
    environments: Object.entries(settings.environments).map(([name, { kind, host }]) => ({ name, kind, host })),
  };
}

/** The first one who comes should not have to guess. */
function noUsers(accounts: Accounts): string | undefined {
  return accounts.hasUsers()
    ? undefined
    : "Nobody may log in yet. Make a user: pnpm console:user <name> --role operator";
}
