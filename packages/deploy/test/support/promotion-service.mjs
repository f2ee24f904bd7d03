// Answers with its version and its setting, and writes down what it is sent, in the database, before it says so. Each
// version migrates the database before it is healthy, and notes that as migration tools do. From its
// second version on it can be made to misbehave: MISBEHAVE=unhealthy from the start, MISBEHAVE=errors only for who asks for
// /orders, a request to /break once it runs.

import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";

const { PORT, VERSION, GREETING, DATABASE_PASSWORD, MISBEHAVE } = process.env;
let isBroken = MISBEHAVE === "unhealthy";

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  if (request.url === "/break" && VERSION !== "1") isBroken = true;
  try {
    if (isBroken || (MISBEHAVE === "errors" && request.url === "/orders")) throw new Error("broken");
    if (request.url === "/healthz")
      await query(`INSERT INTO schema_migrations VALUES ('${VERSION}') ON CONFLICT DO NOTHING`);
    if (body) await query(`INSERT INTO notes (note) VALUES ('${body.replaceAll("'", "''")}')`);
    response.end(`${VERSION} ${GREETING}`);
  } catch (error) {
    response.writeHead(503).end(String(error));
  }
});
server.listen(Number(PORT));
process.once("SIGTERM", () => server.close(() => process.exit(0)));

let session;
let last = Promise.resolve();

// One statement after the other, over a connection that is kept: PostgreSQL's protocol as far as that needs it (docs, 54.2).
async function query(statement) {
  const before = last;
  const { promise, resolve } = Promise.withResolvers();
  last = promise;
  await before;
  try {
    session ??= await open();
    session.socket.write(message("Q", `${statement}\0`));
    await reach(session.types, "Z");
  } catch (error) {
    session?.socket.destroy();
    session = undefined;
    throw error;
  } finally {
    resolve();
  }
}

async function open() {
  const socket = connect(5432, "postgres");
  await once(socket, "connect");
  // Whoever reads next hears of it.
  socket.on("error", () => {});
  const types = messages(socket);
  const parameters = Buffer.from("\0\x03\0\0user\0app\0database\0app\0\0");
  socket.write(Buffer.concat([length(parameters), parameters]));
  await reach(types, "R");
  socket.write(message("p", `${DATABASE_PASSWORD}\0`));
  await reach(types, "Z");
  return { socket, types };
}

async function reach(types, type) {
  for (;;) {
    const { value, done } = await types.next();
    if (done || value === "E") throw new Error("the database refuses");
    if (value === type) return;
  }
}

async function* messages(socket) {
  let read = Buffer.alloc(0);
  for await (const chunk of socket) {
    read = Buffer.concat([read, chunk]);
    while (read.length >= 5 && read.length >= 1 + read.readInt32BE(1)) {
      yield String.fromCharCode(read[0]);
      read = read.subarray(1 + read.readInt32BE(1));
    }
  }
}

function message(type, text) {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(type), length(body), body]);
}

function length(body) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(body.length + 4);
  return bytes;
}
