// Stands in the place of Postgres where somebody else runs the server: plain inside the stack, TLS with a verified certificate to there.
//
//   node gateway.ts          serve
//   node gateway.ts check    reach the server once; exit code 1 and a line when that fails
//
// It knows of Postgres' protocol what is before the login; all else goes through as it is. It is placed in its container alone, so it
// imports nothing but Node's own.
import { readFileSync } from "node:fs";
import { connect, createServer, isIP, type Server, type Socket } from "node:net";
import { type Duplex, pipeline, Transform } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** The server behind the gateway. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  /** On its certificate. */
  readonly name: string;
  /** Who signed it, PEM; empty: whoever Node trusts. */
  readonly ca: string;
}

/** ms, to reach the server. */
const patience = 10_000;
/** ms, between signs of life on a connection: networks forget silent ones. */
const lifeSigns = 60_000;
/** Larger than any message that a client begins with, bytes. */
const largestStart = 10_000;

const codes = { cancel: 80_877_102, tls: 80_877_103, encryptedGss: 80_877_104 };

/** Serve clients on every address. @param tell hears why one could not be served */
export function serve(upstream: Upstream, port: number, tell: (line: string) => void): Server {
  return createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: lifeSigns }, (client) => {
    client.on("error", () => {});
    void bridge(client, upstream).catch((error: Error) => {
      tell(error.message);
      client.end(refusal(error.message));
    });
  }).listen(port);
}

async function bridge(client: Socket, upstream: Upstream): Promise<void> {
  const start = await readStart(client);
  // Who only looks whether something listens.
  if (!start) return void client.destroy();
  const server = await reach(upstream);
  server.write(start);
  // Either end ends the other.
  pipeline(client, server, () => client.destroy());
  pipeline(server, withoutBinding(), client, () => server.destroy());
}

/** A client's first message; its wish for encryption is declined. Undefined when it leaves without one. */
async function readStart(client: Socket): Promise<Buffer | undefined> {
  for (;;) {
    const size = await read(client, 4);
    if (!size) return undefined;
    const length = size.readInt32BE() - 4;
    if (length < 4 || length > largestStart) throw new Error("a client does not speak Postgres' protocol");
    const rest = await read(client, length);
    if (!rest) return undefined;
    const code = rest.readInt32BE();
    if (code !== codes.tls && code !== codes.encryptedGss) return Buffer.concat([size, rest]);
    client.write("N");
  }
}

/** So many bytes; undefined when there are less to the end. */
async function read(socket: Socket, count: number): Promise<Buffer | undefined> {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null;
    if (bytes?.length === count) return bytes;
    if (bytes || socket.readableEnded || socket.destroyed) return undefined;
    await new Promise<void>((resolve) => {
      const go = () => {
        for (const event of events) socket.off(event, go);
        resolve();
      };
      const events = ["readable", "end", "close"] as const;
      for (const event of events) socket.on(event, go);
    });
  }
}

/** An encrypted connection to the server. @throws Error that says in one line why there is none */
export async function reach(upstream: Upstream): Promise<TLSSocket> {
  const plain = connect({ host: upstream.host, port: upstream.port, noDelay: true, keepAlive: true });
  plain.setKeepAlive(true, lifeSigns);
  // Whoever waits for it hears it; TLS passes it on.
  plain.on("error", () => {});
  let secure: TLSSocket | undefined;
  const late = new Error(`does not answer within ${patience / 1_000} s`);
  const timer = setTimeout(() => (secure ?? plain).destroy(late), patience);
  try {
    await once(plain, "connect");
    await agreeOnTls(plain);
    const { name, ca } = upstream;
    const servername = isIP(name) ? {} : { servername: name };
    secure = connectTls({ socket: plain, host: name, ...servername, ...(ca ? { ca } : {}), minVersion: "TLSv1.2" });
    await once(secure, "secureConnect");
    secure.on("error", () => {});
    return secure;
  } catch (error) {
    plain.destroy();
    throw new Error(
      `the managed Postgres at ${upstream.host}:${upstream.port} ${explain(error as NodeJS.ErrnoException)}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** TLS begins in the protocol. Bytes beside the answer would be unencrypted, and somebody else's. */
async function agreeOnTls(socket: Socket): Promise<void> {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8);
  request.writeInt32BE(codes.tls, 4);
  socket.write(request);
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (answer.toString("latin1") !== "S") throw new Error("offers no TLS");
}

async function once(socket: Duplex, event: string): Promise<unknown[]> {
  return await new Promise((resolve, reject) => {
    socket.once("error", reject).once("close", () => reject(new Error("closes the connection")));
    socket.once(event, (...values) => {
      socket.off("error", reject);
      resolve(values);
    });
  });
}

function explain({ code = "", message }: NodeJS.ErrnoException): string {
  if (code === "CERT_HAS_EXPIRED") return "has a certificate that has expired, or a CA in tls.ca has";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return `has a certificate for another name: ${message}`;
  if (/CERT|ISSUER|LEAF|SELF_SIGNED/.test(code)) return `has a certificate that no CA in tls.ca signed (${code})`;
  if (code === "ECONNREFUSED") return "refuses connections";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "has no address in DNS";
  if (/UNREACH|ETIMEDOUT/.test(code)) return "cannot be reached from this network";
  return message;
}

/**
 * What the server says, without its offer to bind the login to the TLS channel (SCRAM-SHA-256-PLUS): a client that sees none would take
 * the offer for an attack. The offer is in the first message of kind R.
 */
export function withoutBinding(): Transform {
  let held = Buffer.alloc(0);
  let through = false;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      if (through) return done(null, chunk);
      held = Buffer.concat([held, chunk]);
      while (!through && held.length >= 5 && held.length > held.readInt32BE(1)) {
        const size = held.readInt32BE(1) + 1;
        const message = held.subarray(0, size);
        through = message[0] === authentication;
        this.push(through ? withoutOffer(message) : message);
        held = held.subarray(size);
      }
      if (through && held.length) this.push(held);
      done();
    },
    flush(done) {
      done(null, through ? undefined : held);
    },
  });
}

const authentication = "R".charCodeAt(0);
const sasl = 10;

function withoutOffer(message: Buffer): Buffer {
  if (message.readInt32BE(5) !== sasl) return message;
  const mechanisms = message
    .toString("latin1", 9)
    .split("\0")
    .filter((name) => name && !name.endsWith("-PLUS"));
  const list = Buffer.from([...mechanisms, "", ""].join("\0"), "latin1");
  const head = Buffer.from(message.subarray(0, 9));
  head.writeInt32BE(8 + list.length, 1);
  return Buffer.concat([head, list]);
}

/** As a server says that a connection cannot be had, so that every client shows it. */
function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C08006\0M${message}\0\0`);
  const head = Buffer.from("E\0\0\0\0", "latin1");
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}

async function main({ argv, env }: NodeJS.Process): Promise<void> {
  const { MANAGED_HOST: host = "", MANAGED_PORT, MANAGED_TLS_NAME, MANAGED_CA_FILE } = env;
  const ca = MANAGED_CA_FILE ? readFileSync(MANAGED_CA_FILE, "utf8").trim() : "";
  const upstream = { host, port: Number(MANAGED_PORT), name: MANAGED_TLS_NAME || host, ca };
  if (argv[2] === "check") {
    // Said goodbye to, not dropped: the server would note it.
    (await reach(upstream)).end();
    return;
  }
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
  const said = new Map<string, number>();
  serve(upstream, 5432, (line) => {
    // Clients try again and again.
    if (Date.now() - (said.get(line) ?? 0) < lifeSigns) return;
    said.set(line, Date.now());
    console.error(line);
  });
  console.log(`connections go to ${host}:${upstream.port}`);
}

if (import.meta.main) {
  main(process).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
