import { UserError } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { explainPull, RegistryUnreachable } from "./pull.ts";

describe("explainPull", () => {
  it.each([
    'Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: no such host',
    'Get "https://registry.invalid/v2/": net/http: TLS handshake timeout',
    'Get "http://127.0.0.1:5/v2/": dial tcp 127.0.0.1:5: connect: connection refused',
    "received unexpected HTTP status: 503 Service Unavailable",
    "toomanyrequests: You have reached your pull rate limit.",
  ])("takes %j for a registry that is not reached", (said) => {
    expect(explainPull("a:1", new Error(said))).toBeInstanceOf(RegistryUnreachable);
  });

  it.each([
    "manifest for n8nio/n8n:9 not found: manifest unknown: manifest unknown",
    "pull access denied for nobody/nothing, repository does not exist or may require 'docker login'",
    "invalid reference format",
  ])("takes %j for an image that does not exist", (said) => {
    const error = explainPull("n8nio/n8n:9", new Error(said));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain("n8nio/n8n:9 does not exist");
  });

  it("names a full disk", () => {
    expect(explainPull("a:1", new Error("write /x: no space left on device")).message).toContain("disk filled up");
  });

  it("says that an image may need a login, and how to go on", () => {
    const error = explainPull(
      "h/a:1",
      new Error("Get https://h/v2/a/manifests/1: unauthorized: authentication required"),
    );
    expect(error.message).toBe("Image h/a:1 does not exist in its registry, or needs a login");
  });
});
