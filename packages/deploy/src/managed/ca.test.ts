import { expect, it } from "vitest";
import { caProblem } from "./ca.ts";

/** A CA, made for this. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUaNtmoKt8YM0d8P/1pbqiQ8dFbRQwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAeFw0yNjExMjMxNTUzNDZaFw0yODEyMjIxNTUz
NDZaMBIxEDAOBgNVBAMMB1Rlc3QgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARERSvTrjNYdu3k58G5J9MmlNaYvHYTQMSj5GCDmNccLg8d5woXeuJBxvUl0sU3
4BKuJMmYpdaSQul4inBGfbr8o1MwUTAdBgNVHQ4EFgQU21ro+tPU/3+IHscmqkg6
Ams6/30wHwYDVR0jBBgwFoAU21ro+tPU/3+IHscmqkg6Ams6/30wDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBrrNYUH+6q+v55H5aZzoil/K11+TXi
WxZXXa0Glsj/rgIhAI6yomNuSXJTAraHpwq0jiV4WgF/8NtnugcfDnPiZ8VB
-----END CERTIFICATE-----`;

it("is good until it expires", () => {
  expect(caProblem(certificate, new Date("2026-11-23"))).toBeUndefined();
  expect(caProblem(certificate, new Date("2199-01-01"))).toBe("expired on 2028-12-22");
  expect(caProblem(`${certificate}\n${certificate}`, new Date("2026-11-23"))).toBeUndefined();
});

it.each([
  ["", "has no certificate in it (PEM)"],
  ["-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----", "has a certificate that cannot be read"],
])("%j is none", (text, problem) => expect(caProblem(text, new Date("2026-11-23"))).toBe(problem));
