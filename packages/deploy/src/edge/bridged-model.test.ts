import type { ComposeModel } from "@understudy/compose";
import { expect, test } from "vitest";
import { withBridges } from "./bridged-model.ts";

const letta = {
  name: "letta",
  image: "letta:1",
  ports: [{ target: 8283, published: 8283, hostIp: undefined, protocol: "tcp" }],
  networks: { internal: { aliases: ["agents"], ipv4Address: "10.0.0.9" } },
  volumes: [{ type: "volume", source: "data", target: "/data", readOnly: false }],
};
const model = { services: { letta, "n8n-bridge": {}, n8n: {} } } as unknown as ComposeModel;

test("a bridge is its service over again, except for what only one can have", () => {
  const { services } = withBridges(model, ["letta"]);
  expect(services.letta).toBe(model.services.letta);
  expect(services["letta-bridge"]).toEqual({
    ...letta,
    name: "letta-bridge",
    hostname: undefined,
    ports: [],
    networks: { internal: { aliases: [], ipv4Address: undefined } },
  });
});

test("a service that already bears a bridge's name is told of", () => {
  expect(() => withBridges(model, ["n8n"])).toThrow(/n8n-bridge/);
});
