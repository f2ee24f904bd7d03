import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
}

/** A web server that keeps what is posted to it. `answer` gets the number of the request, from 1. Port 0: any that is free. */
export async function httpReceiver(
  answer: (response: ServerResponse, count: number, request: Received) => void = (response) => response.end(),
  port = 0,
): Promise<HttpReceiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    response.on("error", () => {});
    const got = { path: request.url ?? "", headers: request.headers, body: await text(request) };
    received.push(got);
    answer(response, received.length, got);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A certificate for localhost that signs itself. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export function makeCertificate(folder: string): Certificate {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const about = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...about, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

/** Have this process trust a certificate, as NODE_EXTRA_CA_CERTS does. */
export function trust({ cert }: Certificate): void {
  setDefaultCACertificates([...getCACertificates("default"), cert]);
}

export interface SmtpReceiver extends AsyncDisposable {
  readonly port: number;
  /** Raw, headers and all. */
  readonly mails: readonly { readonly to: readonly string[]; readonly raw: string }[];
  /** Logins that were tried, right or wrong. */
  readonly logins: number;
}

/** A mail server for one account. */
export async function smtpReceiver(
  account: { user: string; password: string },
  options: SMTPServerOptions,
): Promise<SmtpReceiver> {
  const mails: { to: string[]; raw: string }[] = [];
  let logins = 0;
  const server = new SMTPServer({
    onAuth: ({ username, password }, _session, done) => {
      logins += 1;
      if (username === account.user && password === account.password) done(null, { user: username });
      else done(new Error("Authentication credentials invalid"));
    },
    onData: (stream, { envelope }, done) => {
      text(stream).then((raw) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw });
        done();
      }, done);
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    get logins() {
      return logins;
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
