/** What the server does with a packet of this number: apply it, give the answer that it has, or refuse it. */
export type Place = "next" | "again" | { readonly refused: string };

/**
 * Packets of a node come one after the other, each until it is answered.
 * @param received the last that was taken from this node
 * @param answeredHash content hash of the packet that was answered under this number, while its answer is kept
 */
export function placePacket(received: number, packetNo: number, hash: string, answeredHash: string | undefined): Place {
  if (packetNo === received + 1) return "next";
  if (packetNo > received) return { refused: `packet ${packetNo} came, and ${received + 1} is expected` };
  if (answeredHash === undefined)
    return { refused: `packet ${packetNo} was answered, and the answer taken in, before` };
  return answeredHash === hash ? "again" : { refused: `packet ${packetNo} came before with other content` };
}
