import { describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { environmentOfKind, parseSettings, resolveEnvironment } from "./settings.ts";

const failure = (text: string): string => {
  try {
    parseSettings(text, "understudy.yml");
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
};

describe("parseSettings", () => {
  it("fills in staging and production when the file says nothing", () => {
    const settings = parseSettings("", "understudy.yml");
    expect(Object.keys(settings.environments)).toEqual(["staging", "production"]);
    expect(settings.images).toBe("auto");
    expect(settings.state.backend).toBe("local");
  });

  it("names file, line and column of broken YAML in one line", () => {
    expect(failure("project: understudy\nenvironments: [")).toMatch(/^understudy\.yml:2:\d+: [^\n]+$/);
  });

  it("refuses a password in the state backend without repeating it", () => {
    const message = failure("state:\n  backend: postgres://pulumi:hunter2@db/state\n");
    expect(message).toMatch(/^understudy\.yml:2: state\.backend: has a password in it, .* PGPASSWORD /);
    expect(message).not.toContain("hunter2");
    expect(failure("state:\n  backend: postgres://db/state?password=hunter2\n")).toContain("PGPASSWORD");
    const { state } = parseSettings("state:\n  backend: postgres://pulumi@db:5432/state?sslmode=disable\n", "file");
    expect(state.backend).toBe("postgres://pulumi@db:5432/state?sslmode=disable");
  });

  it("names line and field of a wrong value", () => {
    expect(failure("environments:\n  staging:\n    kind: staging\n    portOffset: many\n")).toMatch(
      /^understudy\.yml:4: environments\.staging\.portOffset: /,
    );
  });

  it("names an unknown field", () => {
    expect(failure("environments:\n  staging:\n    kind: staging\n    portOfset: 1\n")).toMatch(
      /^understudy\.yml:4: environments\.staging\.portOfset: /,
    );
  });

  it.each(["ftp://host", "ssh://", "tcp://x"])("refuses the host %s", (host) => {
    expect(failure(`environments: { staging: { kind: staging, host: "${host}" } }`)).toContain(
      "environments.staging.host",
    );
  });
});

describe("resolveEnvironment", () => {
  const settings = parseSettings(
    "project: acme\nenvironments: { s2: { kind: staging }, live: { kind: production } }",
    "understudy.yml",
  );

  it("names the stack by project and environment, and opens only production to the network", () => {
    expect(resolveEnvironment(settings, "s2")).toMatchObject({ stackName: "acme-s2", bindAddress: "127.0.0.1" });
    expect(resolveEnvironment(settings, "live").bindAddress).toBe("0.0.0.0");
  });

  it("gives staging no way out unless it says so, and takes production's away only when that says so", () => {
    expect(resolveEnvironment(settings, "s2").egress).toBe("none");
    expect(resolveEnvironment(settings, "live").egress).toBe("open");
    const said = parseSettings(
      "environments: { s: { kind: staging, egress: open }, p: { kind: production, egress: none } }",
      "understudy.yml",
    );
    expect(resolveEnvironment(said, "s").egress).toBe("open");
    expect(resolveEnvironment(said, "p").egress).toBe("none");
    expect(failure("environments: { s: { kind: staging, egress: closed } }")).toContain("environments.s.egress");
  });

  it("names the environments that exist when asked for another", () => {
    expect(() => resolveEnvironment(settings, "prod")).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('"prod"'),
        next: expect.stringContaining("s2, live"),
      }),
    );
  });

  it("takes the only environment of a kind when none has the kind's name", () => {
    expect(environmentOfKind(settings, "production")).toBe("live");
  });
});

describe("a swarm", () => {
  const settings = (lines: string) => `environments:\n  staging:\n    kind: staging\n    engine: swarm\n${lines}`;
  const nodes =
    "    nodes:\n      - { host: ssh://ops@m1, role: manager, ingress: true }\n      - { host: ssh://ops@w1 }\n";

  it("is reached by its first machine", () => {
    const { environments, ...rest } = parseSettings(settings(`    bind: 0.0.0.0\n${nodes}`), "understudy.yml");
    const { host, nodes: known } = resolveEnvironment({ environments, ...rest }, "staging");
    expect(host).toBe("ssh://ops@m1");
    expect(known?.map(({ role, ingress }) => [role, ingress])).toEqual([
      ["manager", true],
      ["worker", false],
    ]);
  });

  it("is refused where it could not be meant", () => {
    expect(failure(settings("    bind: 0.0.0.0\n"))).toContain("environments.staging.engine: is swarm, and `nodes`");
    expect(failure(settings(`    bind: 0.0.0.0\n    host: ssh://ops@m1\n${nodes}`))).toContain(
      "host: is one machine's",
    );
    expect(failure(settings(nodes))).toContain("bind: must be 0.0.0.0");
    expect(failure(settings(nodes).replace("engine: swarm", "engine: docker"))).toContain("nodes: are for");
    expect(failure(settings(`    bind: 0.0.0.0\n${nodes.replace("role: manager, ", "")}`))).toContain(
      "begin with a manager",
    );
    expect(failure(settings(`    bind: 0.0.0.0\n${nodes.replace(", ingress: true", "")}`))).toContain("ingress: true");
    expect(failure(settings(`    bind: 0.0.0.0\n${nodes.replace("@w1", "@m1")}`))).toContain("each machine once");
  });
});

describe("postgres.external", () => {
  const external = (kind: string, fields: string) =>
    `environments: { live: { kind: ${kind}, postgres: { external: { host: db.example.org, user: boss${fields} } } } }`;

  it("is a server with an administrator, reached at its usual port", () => {
    const { environments } = parseSettings(external("production", ""), "understudy.yml");
    expect(environments.live?.postgres.external).toEqual({ host: "db.example.org", port: 5432, user: "boss", tls: {} });
  });

  it.each([
    [external("staging", ""), "live.postgres.external: is for environments of kind production"],
    [external("production", ", password: secret"), "live.postgres.external.password: "],
    [
      external("production", "").replace("db.example.org", "localhost"),
      "live.postgres.external.host: must be a host name",
    ],
    [external("production", ", tls: { verify: false }"), "live.postgres.external.tls.verify: "],
  ])("%s is refused", (text, words) => expect(failure(text)).toContain(words));
});
