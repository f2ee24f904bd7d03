import { expect, it } from "vitest";
import { leftOutOnSwarm } from "./left-out.ts";
import { endpoint } from "./ports.ts";
import { serviceOf } from "./testing.ts";

it("goes without what a swarm cannot say, and names it", async () => {
  const { model, service } = await serviceOf(
    "ports: ['127.0.0.1:80:80', '[::1]:81:81/udp', '82:82']\nsecurity_opt: [no-new-privileges:true]\nhealthcheck: {start_interval: 1s}",
  );
  expect(leftOutOnSwarm(model).map(({ service: name, said }) => `${name} ${said}`)).toEqual([
    "a ports: 127.0.0.1:80:80",
    "a ports: [::1]:81:81/udp",
    "a security_opt: no-new-privileges:true",
    "a healthcheck.start_interval",
  ]);
  expect(endpoint(service).ports).toEqual([
    { targetPort: 82, publishedPort: 82, protocol: "tcp", publishMode: "host" },
  ]);
});
