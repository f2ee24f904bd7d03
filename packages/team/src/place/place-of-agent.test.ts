import { expect, it } from "vitest";
import { placeOfAgent } from "./place-of-agent.ts";

it("a place behind an agent is that agent's server, and a folder there; others are not", () => {
  expect(placeOfAgent("agent://192.168.0.114:8095/var/lib/team")).toEqual({
    host: "agent://192.168.0.114:8095",
    folder: "/var/lib/team",
  });
  for (const other of ["/var/lib/team", "s3:https://s3.example.com/team", "sftp:ann@tower:/team"])
    expect(placeOfAgent(other)).toBeUndefined();
});
