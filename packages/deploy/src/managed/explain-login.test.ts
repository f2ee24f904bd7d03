import { PostgresError } from "@understudy/postgres";
import { expect, it } from "vitest";
import { explainLogin } from "./explain-login.ts";

const place = { environment: { name: "production", host: "local" }, envFile: { path: ".env.production" } };
const explained = (code: string, message: string) =>
  explainLogin(new PostgresError(message, { code }), place as never, { place: "db.example.org:5432", user: "boss" });

it.each([
  [
    "08006",
    "the managed Postgres at h:1 has a certificate for another name: x",
    /^The managed .*: x$/,
    /^Correct tls of /,
  ],
  [
    "08006",
    "the managed Postgres at h:1 refuses connections",
    /^The managed .* refuses/,
    /or let the Docker host local in/,
  ],
  [
    "28P01",
    "whatever",
    /^The password of "boss" at db\.example\.org:5432 is wrong$/,
    /POSTGRES_PASSWORD in \.env\.production$/,
  ],
  ["28000", "no entry", /^"boss" cannot log in at db\.example\.org:5432: no entry$/, /or the rights there$/],
])("%s, %s", (code, said, message, next) => {
  expect(explained(code, said)).toMatchObject({
    message: expect.stringMatching(message),
    next: expect.stringMatching(next),
  });
});

it("leaves what is no answer of the server", () => {
  const bug = new TypeError("x");
  expect(explainLogin(bug, place as never, { place: "", user: "" })).toBe(bug);
});
