import { expect, it } from "vitest";
import { AgentError, mayPass } from "./agent-error.ts";

it("tells what can pass later from what cannot", () => {
  const said = (status: number, code: string) => new AgentError(status, code, "…");
  for (const error of [
    said(0, "unreachable"),
    said(503, "busy"),
    said(429, "x"),
    said(422, "bad-chunk"),
    said(400, "refused"),
  ]) {
    expect(mayPass(error)).toBe(true);
  }
  for (const error of [said(401, "unauthorized"), said(409, "busy"), said(500, "server-error"), said(422, "invalid")]) {
    expect(mayPass(error)).toBe(false);
  }
  expect(mayPass(Object.assign(new Error("reset"), { code: "ECONNRESET" }))).toBe(true);
  expect(mayPass(Object.assign(new Error("full"), { code: "ENOSPC" }))).toBe(false);
  expect(mayPass(new Error("a bug"))).toBe(false);
});
