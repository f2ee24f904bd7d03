import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { UserError } from "@understudy/core";
import { caFile, type DesiredStack } from "@understudy/environment";

/** @throws UserError when no certificate of a managed server's CA file can be used, before anything is asked of the server. */
export function refuseBadCa(desired: DesiredStack): void {
  const file = caFile(desired);
  if (!file) return;
  const problem = caProblem(readFileSync(file, "utf8"), new Date());
  if (!problem) return;
  throw new UserError(`The CA of the managed Postgres, ${file}, ${problem}`, {
    next: "Get the present one from the provider, put it there, and run again",
  });
}

/** Why a file of certificates is of no use, in words that go on from its name; undefined: at least one is. */
export function caProblem(pem: string, now: Date): string | undefined {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) return "has no certificate in it (PEM)";
  let ends: Date[];
  try {
    ends = found.map((text) => new Date(new X509Certificate(text).validTo));
  } catch {
    return "has a certificate that cannot be read";
  }
  const last = new Date(Math.max(...ends.map(Number)));
  return last > now ? undefined : `expired on ${last.toISOString().slice(0, 10)}`;
}
