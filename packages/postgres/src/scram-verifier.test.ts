import { expect, it } from "vitest";
import { scramVerifier } from "./scram-verifier.ts";

it("is what a server makes of the same password and salt", () => {
  // Made by PostgreSQL 17: SELECT rolpassword FROM pg_authid, after CREATE ROLE … PASSWORD 'kettle.On-7'.
  const made =
    "SCRAM-SHA-256$4096:a9v5sNp5UMMQ4n9xYlhm7w==$FO4YqQilSBN7EY1IFXzevlLgijFsJRdvGoiAPxdQOac=:R0Dg2mnaeNJwiPqjORTysNiXSalo+MJC//sY+u7DJ58=";
  const salt = Buffer.from(made.split(":")[1]?.split("$")[0] ?? "", "base64");
  expect(scramVerifier("kettle.On-7", salt)).toBe(made);
});

it("differs each time, and has nothing of the password in it", () => {
  expect(scramVerifier("kettle.On-7")).not.toBe(scramVerifier("kettle.On-7"));
  expect(scramVerifier("kettle.On-7")).not.toContain("kettle");
});
