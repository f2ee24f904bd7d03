import type { Problem } from "../../../src/contract/problem.ts";

/** What a request that failed says: what, and what to do next. */
export class ApiError extends Error {
  readonly status: number;
  readonly next: string | undefined;

  constructor(status: number, message: string, next?: string | null) {
    super(message);
    this.status = status;
    this.next = next ?? undefined;
  }
}

let csrf: string | null = null;

/** The token that shows that a request comes from this page. */
export function setCsrf(token: string | null): void {
  csrf = token;
}

export function get<T>(path: string): Promise<T> {
  return call<T>("GET", path);
}

export async function call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(csrf && method !== "GET" ? { "x-csrf-token": csrf } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, "The console does not answer", "Is it still running? This page tries again by itself");
  });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
  throw new ApiError(
    response.status,
    problem?.error.message ?? `The console answered ${response.status}`,
    problem?.error.next,
  );
}

/** `?a=1&b=2` of what is given. */
export function queryOf(asked: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
