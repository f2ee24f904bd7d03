import { timingSafeEqual } from "node:crypto";
import { sha256 } from "@understudy/core";
import type { FastifyRequest } from "fastify";
import type { Role } from "../contract/session.ts";
import { AccessError } from "./access-error.ts";
import type { Accounts, Operator } from "./accounts.ts";
import { Attempts } from "./attempts.ts";

/** Who asks, and how they showed it. */
export interface Caller extends Operator {
  /** Of a login; null for a program's token, which no browser sends by itself. */
  readonly csrf: string | null;
}

export interface GateOptions {
  readonly accounts: Accounts;
  /** Names by which the console may be called: `127.0.0.1:8470`, `console.example.com`. */
  readonly hosts: readonly string[];
  /** Its own addresses, which a browser says a request comes from. */
  readonly origins: readonly string[];
  readonly secure: boolean;
  /** Wrong tokens that an address may try in a quarter of an hour. */
  readonly attempts: number;
}

/** The door: every request of the API goes through it, and so do those of the agent's other plugins. */
export class Gate {
  readonly #options: GateOptions;
  readonly #attempts: Attempts;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.attempts);
  }

  /** Whether it is reached over HTTPS. */
  get secure(): boolean {
    return this.#options.secure;
  }

  /** The name of the cookie: browsers take `__Host-` only over HTTPS, for this host and path. */
  get cookie(): string {
    return this.#options.secure ? "__Host-understudy" : "understudy";
  }

  /** The session that a browser shows. */
  cookieOf({ headers }: FastifyRequest): string | undefined {
    const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
    return pairs.find(([name]) => name === this.cookie)?.[1];
  }

  /** A page elsewhere may have its own name resolve to this machine: only names of ours are answered. @throws AccessError 421 */
  checkHost({ raw }: FastifyRequest): void {
    // Not `request.host`: behind an edge that is what whoever asks says in X-Forwarded-Host.
    const { host = "" } = raw.headers;
    if (this.#options.hosts.includes(host)) return;
    throw new AccessError(421, "misdirected", `Nothing is served as "${host}"`, "Set console.publicUrl");
  }

  /**
   * Who asks. What changes something needs an operator, and of a login the token that only our own page knows.
   * @param role what they must be at least; unless told, an operator for anything but reading
   * @throws AccessError 401, 403 or 429
   */
  authorise(request: FastifyRequest, role: Role = isReading(request) ? "viewer" : "operator"): Caller {
    const caller = this.#caller(request);
    if (!isReading(request) && caller.csrf !== null) this.#checkOurPage(request, caller.csrf);
    if (role === "operator" && caller.role !== "operator") {
      throw new AccessError(403, "forbidden", `${caller.name} may look, but not act`, "Ask an operator");
    }
    return caller;
  }

  #caller(request: FastifyRequest): Caller {
    const [, token] = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? "") ?? [];
    if (token !== undefined) return { ...this.#byToken(token, request.ip), csrf: null };
    const cookie = this.cookieOf(request);
    const session = cookie ? this.#options.accounts.bySession(cookie) : undefined;
    if (session) return session;
    throw new AccessError(401, "unauthorized", "You are not logged in, or no longer", "Log in");
  }

  #byToken(token: string, address: string): Operator {
    const wait = this.#attempts.take(address);
    if (wait > 0) throw new AccessError(429, "too-many-requests", "Too many attempts", `Wait ${wait} s`, wait);
    const operator = this.#options.accounts.byToken(token);
    if (!operator) throw new AccessError(401, "unauthorized", "Nobody has this token", "Make one: pnpm console:token");
    this.#attempts.giveBack(address);
    return operator;
  }

  #checkOurPage(request: FastifyRequest, csrf: string): void {
    const { origin } = request.headers;
    const shown = request.headers["x-csrf-token"];
    const known = typeof shown === "string" && isSame(shown, csrf);
    if (known && (origin === undefined || this.#options.origins.includes(origin))) return;
    throw new AccessError(403, "csrf", "The request does not come from the console's own page", "Load the page again");
  }
}

function isReading({ method }: FastifyRequest): boolean {
  return method === "GET" || method === "HEAD";
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}
