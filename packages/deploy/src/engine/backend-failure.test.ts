import { describe, expect, it } from "vitest";
import { backendFailure } from "./backend-failure.ts";

const backend = "postgres://ada@state.example.org/pulumi?sslmode=require&table=ours";
const failure = (said: string, url = backend) => backendFailure({ backend: url, environment: "staging", said });

describe("backendFailure", () => {
  it("says the last cause of many, and nothing of who uses the backend", () => {
    const said =
      "Command failed\nerror: unable to open bucket postgres://ada@state.example.org/pulumi: failed to ping PostgreSQL: dial tcp 10.0.0.7:5432: connect: connection refused";
    expect(failure(said)).toMatchObject({
      message:
        "The state backend postgres://state.example.org/pulumi cannot be used: 10.0.0.7:5432: connect: connection refused",
    });
  });

  it("tells wrong credentials from a backend that is away, and names the variables", () => {
    const said = `error: failed to ping PostgreSQL: pq: password authentication failed for user "ada" (28P01)`;
    expect(failure(said)?.next).toContain("PGPASSWORD");
    const s3 = failure(
      "error: operation error S3: GetObject, api error InvalidAccessKeyId: no such key",
      "s3://bucket",
    );
    expect(s3?.message).toBe("The state backend s3://bucket refuses us: InvalidAccessKeyId: no such key");
    expect(s3?.next).toContain("AWS_SECRET_ACCESS_KEY");
  });

  it("does not take a container's trouble for the backend's", () => {
    expect(failure("docker:index:Container (web):\n  error: Unable to create container: Conflict")).toBeUndefined();
    expect(failure("error: Cannot connect to the Docker daemon: dial tcp: connection refused")).toBeUndefined();
    expect(failure("error: sdk-v2/provider2.go:571: Unable to pull: dial tcp: connection refused")).toBeUndefined();
  });
});
