import type { Duplex } from "node:stream";
import { intoFrames, outOfFrames } from "./frames.ts";

/**
 * Carry bytes both ways until both have said their end, or one is cut. The tunnel carries frames: the end of one direction is one, and the
 * tunnel itself ends when both have. Who has said its end and then closed has cut nothing: what it said still arrives.
 */
export function joinTunnel(socket: Duplex, tunnel: Duplex): void {
  const [out, back] = [intoFrames(), outOfFrames()];
  const cut = () => {
    socket.destroy();
    tunnel.destroy();
  };
  for (const stream of [socket, tunnel, out, back]) stream.on("error", cut);
  socket.pipe(out).pipe(tunnel, { end: false });
  tunnel.pipe(back).pipe(socket);
  const endTunnel = () => {
    if (out.readableEnded && (back.readableEnded || socket.closed)) tunnel.end();
  };
  out.once("end", endTunnel);
  back.once("end", endTunnel);
  socket.once("close", () => {
    if (!socket.readableEnded) return cut();
    back.unpipe(socket);
    back.resume();
    endTunnel();
  });
  tunnel.once("close", () => {
    if (!tunnel.readableEnded) return cut();
    out.unpipe(tunnel);
    out.resume();
    if (socket.writableFinished) socket.destroy();
    else socket.once("finish", () => socket.destroy());
  });
}
