import { expect, test } from "vitest";
import { StepReader } from "./steps.ts";

test("a step is told once, without its mounts and preamble", () => {
  const steps = new StepReader();
  const run =
    "#5 [stage-1 2/4] RUN --mount=type=secret,id=env,target=/run/secrets/build.env     set -eu; if [ -f /run/secrets/build.env ]; then . /run/secrets/build.env; fi; export DEBIAN_FRONTEND=noninteractive;     apt-get update;     apt-get install -y haproxy";
  expect(steps.read(run)).toBe("2/4 RUN apt-get update; apt-get install -y haproxy");
  expect(steps.read(run)).toBeUndefined();
  expect(steps.read("#5 0.512 Reading package lists...")).toBeUndefined();
});

test("the name of a stage is kept", () => {
  expect(new StepReader().read("#7 [build 3/6] COPY --chmod=0755 pom.xml /build/")).toBe(
    "build 3/6 COPY pom.xml /build/",
  );
});

test("a failure names the step that failed and its last lines, whatever ran beside it", () => {
  const steps = new StepReader();
  steps.read("#5 [a 1/2] RUN false");
  steps.read("#6 [b 1/2] RUN sleep 9");
  for (let line = 1; line <= 20; line++) steps.read(`#5 0.${line} line ${line}`);
  steps.read("#5 ERROR: executor failed running [/bin/sh -c false]: exit code: 1");
  steps.read("#6 CANCELED");
  const { step, lines } = steps.failure();
  expect(step).toBe("a 1/2 RUN false");
  expect(lines).toHaveLength(15);
  expect(lines.at(-1)).toBe("line 20");
});

test("mmdebstrap's own words are followed too", () => {
  const steps = new StepReader();
  expect(steps.read("I: installing essential packages...")).toBe("installing essential packages...");
  expect(steps.read("E: no such suite")).toBeUndefined();
  expect(steps.failure()).toEqual({
    step: "start",
    lines: ["I: installing essential packages...", "E: no such suite"],
  });
});
