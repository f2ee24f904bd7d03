import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCheck } from "../run-check.ts";
import { contextWith, tcpServer } from "../testing.ts";
import { http } from "./http.ts";
import { tls } from "./tls.ts";

const day = 86_400_000;

describe("a look at a certificate", () => {
  const trusted = getCACertificates();
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const openssl = (words: string) => execFileSync("openssl", words.split(" "), { cwd: folder, stdio: "pipe" });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const ports = new Map<string, number>();
  const close: (() => void)[] = [];

  function makeAuthority(): void {
    const authority =
      "database=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=policy\ncopy_extensions=copy\n";
    writeFileSync(join(folder, "ca.conf"), `[ca]\ndefault_ca=own\n[own]\n${authority}[policy]\ncommonName=supplied\n`);
    writeFileSync(join(folder, "index.txt"), "");
    writeFileSync(join(folder, "index.txt.attr"), "unique_subject = no\n");
    writeFileSync(join(folder, "serial"), "01\n");
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=authority -days 3650");
  }

  /** A server whose certificate, for localhost, ends some days from now. */
  async function serve(name: string, days: number, signed = true): Promise<void> {
    const stamp = (daysFromNow: number) =>
      new Date(Date.now() + daysFromNow * day).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
    openssl(
      `req -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost`,
    );
    if (signed) {
      openssl(
        `ca -batch -notext -config ca.conf -keyfile ca.key -cert ca.pem -in ${name}.csr -out ${name}.pem -startdate ${stamp(-40)} -enddate ${stamp(days)}`,
      );
    } else openssl(`x509 -req -in ${name}.csr -signkey ${name}.key -days ${days} -out ${name}.pem`);
    const server = createServer({ key: read(`${name}.key`), cert: read(`${name}.pem`) }, (_, response) =>
      response.end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    ports.set(name, (server.address() as { port: number }).port);
    close.push(() => server.close());
  }

  const look = (name: string, more: object = {}) => {
    const definition = { name, type: "tls", host: "localhost", port: ports.get(name), ...more };
    return runCheck(tls.make(tls.schema.parse(definition)), contextWith());
  };

  beforeAll(async () => {
    makeAuthority();
    setDefaultCACertificates([...trusted, read("ca.pem")]);
    await serve("expired", -1);
    await serve("valid", 60.5);
    await serve("ending", 10.5);
    await serve("ours", 60, false);
  });
  afterAll(() => {
    setDefaultCACertificates(trusted);
    for (const one of close) one();
    rmSync(folder, { recursive: true });
  });

  it("counts the days that are left", async () => {
    expect(await look("valid")).toMatchObject({ status: "healthy", figures: { days_left: 60 } });
    expect(await look("ending")).toMatchObject({
      status: "degraded",
      figures: { days_left: 10 },
      expected: "at least 21 days left (critical below 7)",
      next: expect.stringContaining("Renew"),
    });
    expect((await look("ending", { thresholds: { critical: 14 } })).status).toBe("unhealthy");
  });

  it("says when it expired", async () => {
    const { status, seen } = await look("expired");
    const yesterday = new Date(Date.now() - day).toISOString().slice(0, 10);
    expect(status).toBe("unhealthy");
    expect(seen).toBe(`the certificate of localhost:${ports.get("expired")} expired on ${yesterday}`);
  });

  it("says that nobody who is trusted signed it, and that it is for another name", async () => {
    expect((await look("ours")).seen).toMatch(/is signed by nobody that is trusted here$/);
    expect((await look("valid", { servername: "example.org" })).seen).toMatch(/is for another name$/);
  });

  it("says so when there is no TLS, or nothing", async () => {
    const at = { host: "127.0.0.1", servername: "localhost", timeout: "300ms" };
    await using plain = await tcpServer((socket) => socket.end("220 mail ready\r\n"));
    expect((await look("valid", { ...at, port: plain.port })).seen).toMatch(/does not speak TLS$/);
    await using silent = await tcpServer(() => {});
    expect((await look("valid", { ...at, port: silent.port })).seen).toMatch(/completes no TLS handshake$/);
  });

  it("is what an http check says, too", async () => {
    const ask = async (name: string) => {
      const definition = { name, type: "http", url: `https://localhost:${ports.get(name)}/` };
      return (await runCheck(http.make(http.schema.parse(definition)), contextWith())).seen;
    };
    expect(await ask("valid")).toMatch(/^status 200/);
    expect(await ask("expired")).toBe(`the certificate of localhost:${ports.get("expired")} has expired`);
    expect(await ask("ours")).toMatch(/is signed by nobody that is trusted here$/);
  });
});
