import { expect, test } from "vitest";
import { expandReplicas, replicaLabel } from "./replicas.ts";
import { loadTexts, refusalOf, service } from "./testing.ts";

const worker = "services:\n  worker:\n    image: x:1\n    deploy: { replicas: 3 }\n";

test("each further container is a service of its own, reached by the name of the first too", async () => {
  const { services } = expandReplicas(await loadTexts([worker]));
  expect(Object.keys(services)).toEqual(["worker", "worker-2", "worker-3"]);
  expect(services["worker-2"]).toMatchObject({
    name: "worker-2",
    image: "x:1",
    networks: { default: { aliases: ["worker"] } },
    labels: { [replicaLabel]: "worker" },
  });
  expect(services.worker?.labels).toEqual({});
});

test("a number that was asked for wins over the files, and changes nothing of the first", async () => {
  const model = await loadTexts([worker]);
  const one = expandReplicas(model, { worker: 1 });
  expect(Object.keys(one.services)).toEqual(["worker"]);
  expect(one.services.worker).toEqual(expandReplicas(model).services.worker);
});

test.each([
  ["volumes: [data:/data]", "service a: 2 of it cannot run, its volume data is one container's data"],
  ['ports: ["80:80"]', "service a: 2 of it cannot run, its port 80 can be published once"],
  ["hostname: only", "service a: 2 of it cannot run, its hostname only is one container's"],
])("what has %s runs once", async (line, message) => {
  const model = await loadTexts([`${service(line)}volumes: { data: {} }\n`]);
  expect(() => expandReplicas(model, { a: 2 })).toThrow(message);
});

test("a name that a service has already is refused", async () => {
  const model = await loadTexts([`${worker}  worker-2:\n    image: x:1\n`]);
  expect(() => expandReplicas(model)).toThrow("service worker-2: the name is that of a further container of worker");
});

test("none at all is refused where the files say it", async () => {
  expect(await refusalOf([service("deploy: { replicas: 0 }")])).toContain("is 0, and must be 1 or more");
});
