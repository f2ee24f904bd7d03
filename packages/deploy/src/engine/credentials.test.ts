import { secrets } from "@understudy/core";
import { expect, it } from "vitest";
import { backendCredentials } from "./credentials.ts";

it("takes what the backend asks for from the environment file, and the process's own before it", () => {
  const values = { PGPASSWORD: "of-the-file", POSTGRES_PASSWORD: "of-a-service", AWS_REGION: "eu-west-1" };
  expect(backendCredentials(values, { PGPASSWORD: "of-the-build-server", PGUSER: "", HOME: "/root" })).toEqual({
    PGPASSWORD: "of-the-build-server",
    AWS_REGION: "eu-west-1",
  });
  expect(secrets.redact("pass of-the-build-server in eu-west-1")).toBe("pass ‹secret› in eu-west-1");
});
