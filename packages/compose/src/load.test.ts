// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose writes its variables like this.
import { UserError } from "@understudy/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadTexts, refusalOf, service } from "./testing.ts";

const a = async (...texts: string[]) => {
  const model = await loadTexts(texts);
  if (!model.services.a) throw new Error("service a is missing");
  return model.services.a;
};

describe("short and long forms say the same", () => {
  test.each([
    ['ports: ["8080"]', "ports: [{target: 8080}]"],
    ['ports: ["80:8080/udp"]', 'ports: [{target: 8080, published: "80", protocol: udp}]'],
    ['ports: ["127.0.0.1:80:8080"]', "ports: [{target: 8080, published: 80, host_ip: 127.0.0.1}]"],
    ['ports: ["[::1]:80:8080"]', 'ports: [{target: 8080, published: 80, host_ip: "::1"}]'],
    ['ports: ["80-81:90-91"]', "ports: [{target: 90, published: 80}, {target: 91, published: 81}]"],
    ["tmpfs: /run", "tmpfs: [/run]"],
    ["environment: [A=1, B=x=y]", "environment: {A: 1, B: x=y}"],
    ["labels: [l.a=1, l.b]", 'labels: {l.a: "1", l.b: ""}'],
    ["sysctls: [net.core.somaxconn=1024]", "sysctls: {net.core.somaxconn: 1024}"],
    ['extra_hosts: ["h:1.2.3.4", "v6=[::1]"]', 'extra_hosts: {h: 1.2.3.4, v6: "::1"}'],
    ["command: sh -c 'a b'", "command: [sh, -c, a b]"],
    ["healthcheck: {test: curl x}", "healthcheck: {test: [CMD-SHELL, curl x]}"],
    ["healthcheck: {disable: true}", "healthcheck: {test: [NONE]}"],
    ["ulimits: {nofile: 10}", "ulimits: {nofile: {soft: 10, hard: 10}}"],
    ["mem_limit: 1g\ncpus: 1.5", 'deploy: {resources: {limits: {memory: 1024m, cpus: "1.5"}}}'],
    ["volumes: [./d:/d:ro]", "volumes: [{type: bind, source: ./d, target: /d, read_only: true}]"],
    ["restart: no", 'restart: "no"'],
  ])("%s", async (short, long) => {
    const anonymous = (value: object) => JSON.stringify(value).replaceAll(/\/compose-\w{6}\//g, "/");
    expect(anonymous(await a(service(short)))).toEqual(anonymous(await a(service(long))));
  });

  test("named volumes, networks, dependencies, configs", async () => {
    const rest = "\n  b: {image: x:1}\nvolumes: {v: {}}\nnetworks: {n: {}}\nconfigs: {c: {content: hi}}\n";
    const short = service("volumes: [v:/v]\nnetworks: [n]\ndepends_on: [b]\nconfigs: [c]") + rest.slice(1);
    const long =
      service(
        "volumes: [{type: volume, source: v, target: /v}]\nnetworks: {n: null}\ndepends_on: {b: {condition: service_started}}\nconfigs: [{source: c, target: /c}]",
      ) + rest.slice(1);
    expect(await loadTexts([short])).toEqual(await loadTexts([long]));
  });

  test("ports of any kind", async () => {
    const port = fc.record({
      target: fc.integer({ min: 1, max: 65_535 }),
      published: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      protocol: fc.constantFrom("tcp", "udp"),
    });
    await fc.assert(
      fc.asyncProperty(port, async ({ target, published, protocol }) => {
        const short = `${published === undefined ? "" : `${published}:`}${target}/${protocol}`;
        const long = JSON.stringify({ target, published, protocol });
        expect((await a(service(`ports: ["${short}"]`))).ports).toEqual((await a(service(`ports: [${long}]`))).ports);
      }),
      { numRuns: 50 },
    );
  });
});

describe("merging", () => {
  const both = (base: string, over: string) => a(service(base), service(over));

  test("maps merge, lists append without repetition, commands replace", async () => {
    const merged = await both(
      'environment: [A=1, B=1]\nports: ["80:80"]\ncommand: [old, x]\ncap_add: [NET_ADMIN]\nlogging: {driver: json-file, options: {max-size: 1m, max-file: "2"}}',
      'environment: {B: 2, C: 3}\nports: ["80:80", "81:81"]\ncommand: new\ncap_add: [NET_ADMIN, SYS_TIME]\nlogging: {options: {max-size: 2m}}',
    );
    expect(merged.environment).toEqual({ A: "1", B: "2", C: "3" });
    expect(merged.ports.map((port) => port.target)).toEqual([80, 81]);
    expect(merged.command).toEqual(["new"]);
    expect(merged.capAdd).toEqual(["NET_ADMIN", "SYS_TIME"]);
    expect(merged.logging).toEqual({ driver: "json-file", options: { "max-size": "2m", "max-file": "2" } });
  });

  test("healthcheck merges, but its test is replaced", async () => {
    const merged = await both(
      "healthcheck: {test: [CMD, a, b], interval: 5s}",
      "healthcheck: {test: [CMD, c], retries: 2}",
    );
    expect(merged.healthcheck).toMatchObject({ test: ["CMD", "c"], interval: 5000, retries: 2 });
  });

  test("mounts are one for a target; a different logging driver starts afresh", async () => {
    const merged = await both(
      "volumes: [/a:/t, /b:/u]\nlogging: {driver: json-file, options: {max-size: 1m}}",
      "volumes: [/c:/t:ro]\nlogging: {driver: syslog}",
    );
    expect(merged.volumes).toEqual([
      { type: "bind", source: "/c", target: "/t", readOnly: true },
      { type: "bind", source: "/b", target: "/u", readOnly: false },
    ]);
    expect(merged.logging).toEqual({ driver: "syslog", options: {} });
  });

  test("!reset removes, !override replaces, null keeps but clears a command", async () => {
    const base =
      'ports: ["80:80"]\nenvironment: {A: 1, B: 2}\nlabels: {x: y}\ncommand: [c]\nmem_limit: 1m\ndeploy: {resources: {limits: {cpus: 1}}}';
    const merged = await both(
      base,
      'ports: !override ["81:81"]\nenvironment: {A: !reset null, C: 3}\nlabels: !reset {}\ncommand: null\ndeploy: null',
    );
    expect(merged.ports.map((port) => port.target)).toEqual([81]);
    expect(merged.environment).toEqual({ B: "2", C: "3" });
    expect(merged.labels).toEqual({});
    expect(merged.command).toBeUndefined();
    expect(merged.resources).toMatchObject({ cpus: 1, memoryLimit: 1_048_576 });
    expect((await a(service(base), service("ports: !reset []"), service('ports: ["82:82"]'))).ports).toMatchObject([
      { target: 82 },
    ]);
  });

  test("a whole service can be reset", async () => {
    const model = await loadTexts([`${service("")}  b: {image: x:1}\n`, "services: {b: !reset null}"]);
    expect(Object.keys(model.services)).toEqual(["a"]);
  });

  test("is idempotent and does not mind how files are grouped", async () => {
    const text = fc.constantFrom("1", "2", "3");
    const part = fc.record(
      {
        environment: fc.dictionary(fc.constantFrom("A", "B", "C"), text),
        ports: fc.uniqueArray(fc.constantFrom("80:80", "81:81", "127.0.0.1:82:82")),
        cap_add: fc.uniqueArray(fc.constantFrom("X", "Y", "Z")),
        volumes: fc.uniqueArray(fc.constantFrom("/a:/t", "/b:/t", "/c:/u"), {
          selector: (mount) => mount.split(":")[1],
        }),
        healthcheck: fc.record({ interval: fc.constantFrom("1s", "2s") }),
        command: fc.array(text),
      },
      { requiredKeys: [] },
    );
    const asText = (value: object) => stringify({ services: { a: { image: "x:1", ...value } } });
    await fc.assert(
      fc.asyncProperty(part, part, async (first, second) => {
        const merged = await loadTexts([asText(first), asText(second)]);
        expect(await loadTexts([asText(first), asText(second), asText(second)])).toEqual(merged);
        expect(await loadTexts([asText({}), asText(first), asText({}), asText(second)])).toEqual(merged);
        expect(await loadTexts([asText(first), asText(first)])).toEqual(await loadTexts([asText(first)]));
      }),
      { numRuns: 100 },
    );
  });
});

describe("YAML", () => {
  test("anchors, merge keys, extensions and octal modes", async () => {
    const model = await loadTexts([
      "x-base: &base {restart: always, environment: {A: '1'}}\nservices:\n  a: {<<: *base, image: x:1, x-note: 1, configs: [{source: c, mode: 0440}]}\n  b: {<<: *base, image: x:2, restart: unless-stopped}\nconfigs: {c: {content: hi}}\n",
    ]);
    expect(model.services.a?.restart.name).toBe("always");
    expect(model.services.b?.restart.name).toBe("unless-stopped");
    expect(model.services.b?.environment).toEqual({ A: "1" });
    expect(model.services.a?.configs).toEqual([
      { source: "c", target: "/c", mode: 0o440, uid: undefined, gid: undefined },
    ]);
  });

  test.each([
    ["services:\n  a: {image: [}\n", /^0\.yml:2:\d+: broken YAML/],
    [service("init: true\ninit: false"), /^0\.yml:5:5: the key appears twice/],
    ["services: {a: *none}", /^0\.yml:1:15: alias '\*none' names no anchor/],
    ["", /^0\.yml:1:1: a compose file must be a mapping/],
    ["- a", /must be a mapping/],
    ["a: 1\n---\nb: 1\n", /^0\.yml:2:1: broken YAML/],
    ["services: &s {a: *s}", /anchor contains itself/],
    ["services: {a: !weird {image: x}}", /broken YAML: .*weird/],
    ["services: {}", /no service is declared/],
  ])("%j is refused in one line", async (text, message) => {
    const refusal = await refusalOf([text]);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });

  test("aliases that multiply themselves are stopped", async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `x-${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(", ")}]`,
    );
    expect(await refusalOf([`x-0: &l0 [x]\n${levels.join("\n")}\n${service("")}`])).toMatch(/an alias repeats itself/);
  });
});

describe("what is refused", () => {
  test.each([
    [service("privileged: true"), "0.yml:4:5: service a: key 'privileged' is not supported"],
    [service("build: ."), "0.yml:4:5: service a: key 'build' is not supported"],
    [service("deploy: {labels: {a: b}}"), "0.yml:4:14: service a: key 'deploy.labels' is not supported"],
    [service("scale: 2"), "0.yml:4:5: service a: key 'scale' is not supported"],
    [service("ports: [{target: 1, mode: host}]"), "0.yml:4:25: service a: key 'ports.0.mode' is not supported"],
    [`name: x\n${service("")}`, "0.yml:1:1: key 'name' is not supported"],
    [
      `${service("")}volumes: {v: {name: x}}`,
      "0.yml:5:21: volume v: 'name' goes only with 'external: true': the environment gives the name",
    ],
    ["services: {a: {}}", "0.yml:1:15: service a: 'image' is missing"],
    ["services: {a: {image: 1}}", "0.yml:1:16: service a: 'image' must be text"],
    [service("init: [1]"), "0.yml:4:5: service a: 'init' must be true or false or text"],
    [service("init: maybe"), "0.yml:4:11: service a: 'init' is 'maybe', which is not true or false"],
    [service("healthcheck: {interval: 5}"), "0.yml:4:19: service a: 'healthcheck.interval' must be text"],
    [
      service("healthcheck: {interval: 5x}"),
      "0.yml:4:29: service a: 'healthcheck.interval' is '5x', which is not a duration such as 30s or 1m30s",
    ],
    [
      service("mem_limit: lots"),
      "0.yml:4:16: service a: 'mem_limit' is 'lots', which is not a size such as 512m or 2g",
    ],
    [
      service("mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}"),
      "0.yml:4:16: service a: 'mem_limit' is 1073741824, but deploy.resources says 2147483648",
    ],
    [service("depends_on: [b]"), "0.yml:4:18: service a: 'depends_on' names the service 'b', which does not exist"],
    [
      service("depends_on: {b: {condition: up}}"),
      "0.yml:4:22: service a: 'depends_on.b.condition' must be one of service_started, service_healthy, service_completed_successfully",
    ],
    [service("networks: [n]"), "0.yml:4:16: service a: 'networks' names the network 'n', which does not exist"],
    [service("volumes: [v:/v]"), "0.yml:4:15: service a: 'volumes' names the volume 'v', which does not exist"],
    [service("configs: [c]"), "0.yml:4:15: service a: 'configs' names the config 'c', which does not exist"],
    [
      service("volumes: [/data]"),
      "0.yml:4:15: service a: volume '/data' has no name, so its data could not be kept; write name:path",
    ],
    [
      service("volumes: [v:/v:z]"),
      "0.yml:4:15: service a: volume 'v:/v:z' has the option 'z'; only ro and rw are supported",
    ],
    [service('ports: ["80-82:90-91"]'), "0.yml:4:13: service a: port '80-82:90-91' has ranges of different length"],
    [service('ports: ["x"]'), "0.yml:4:13: service a: port 'x' is not [address:][host port:]container port[/protocol]"],
    [
      service('ports: ["99999:80"]'),
      "0.yml:4:13: service a: port '99999:80' has a range that ends before it starts or is out of bounds",
    ],
    [
      service("restart: sometimes"),
      "0.yml:4:14: service a: 'restart' is 'sometimes', which is not no, always, unless-stopped or on-failure[:times]",
    ],
    [service('command: "a \'b"'), "0.yml:4:14: service a: 'command' has an open quote"],
    [
      `${service("")}configs: {c: {file: none.txt}}`,
      /^0\.yml:5:21: config c: 'file' 0\.yml|none\.txt cannot be read \(ENOENT\)/,
    ],
    [
      `${service("")}configs: {c: {file: a, content: b}}`,
      "0.yml:5:14: config c: needs exactly one of 'file', 'content' and 'environment'",
    ],
    [
      service('environment: {A: "$"}'),
      "0.yml:4:22: service a: environment.A: '$' is not a variable; write $$ for a dollar sign",
    ],
  ])("%j", async (text, expected) => {
    const refusal = await refusalOf([text]);
    if (typeof expected === "string") expect(refusal).toBe(expected);
    else expect(refusal).toMatch(expected);
  });

  test("a dependency cycle, with its way", async () => {
    const refusal = await refusalOf([
      "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [b]}\n",
    ]);
    expect(refusal).toBe("0.yml:3:17: service b: dependencies go round in a circle: b → c → b");
  });

  test("all missing variables at once, each with its places", async () => {
    const base = service("environment: {A: $NONE, B: '${E:?make one}', C: }\ncommand: $NONE");
    expect(await refusalOf([base, `${service("")}networks: {n: {labels: {l: $M}}}`], { E: "" })).toBe(
      "4 variables are missing: NONE (0.yml, service a), E is empty (0.yml, service a: make one), C (0.yml, service a), M (1.yml, network n)",
    );
  });

  test("a list over a mapping, with the place of both", async () => {
    expect(await refusalOf([service("deploy: {}"), "services: {a: {logging: {}, deploy: []}}"])).toMatch(/^1\.yml:1:/);
  });
});

test("environment without a value takes the variable of that name; file, content and environment sources", async () => {
  const model = await loadTexts(
    [
      `${service("environment: [A, B=2]\nsecrets: [s, {source: s, target: /etc/s}]")}secrets: {s: {environment: A}}\nconfigs: {c: {content: "is $A"}}`,
    ],
    { A: "x" },
  );
  expect(model.services.a?.environment).toEqual({ A: "x", B: "2" });
  expect(model.services.a?.secrets.map((mount) => mount.target)).toEqual(["/run/secrets/s", "/etc/s"]);
  expect(model.secrets.s?.content).toBe("x");
  expect(model.configs.c?.content).toBe("is x");
});

test("command: missing keeps the image's, empty clears it", async () => {
  expect((await a(service(""))).command).toBeUndefined();
  expect((await a(service("command: []"))).command).toEqual([]);
  expect((await a(service("entrypoint: ''"))).entrypoint).toEqual([]);
});

test("any YAML gives a model or a UserError", async () => {
  const leaf = fc.oneof(
    fc.constantFrom("$X", "${A:-1}", "80:80", "1g", "a:b:c", ""),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const keys = fc.constantFrom(
    "image",
    "ports",
    "volumes",
    "environment",
    "depends_on",
    "networks",
    "deploy",
    "healthcheck",
    "command",
    "ulimits",
    "labels",
    "configs",
    "x-a",
  );
  const value = fc.oneof(
    leaf,
    fc.array(fc.oneof(leaf, fc.dictionary(fc.constantFrom("source", "target", "type"), leaf))),
    fc.dictionary(fc.constantFrom("a", "test", "limits", "file"), leaf),
  );
  const file = fc.record(
    { services: fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(leaf, fc.dictionary(keys, value))), networks: value },
    { requiredKeys: ["services"] },
  );
  await fc.assert(
    fc.asyncProperty(file, file, async (first, second) => {
      try {
        await loadTexts([stringify(first), stringify(second)]);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
    { numRuns: 200 },
  );
});
