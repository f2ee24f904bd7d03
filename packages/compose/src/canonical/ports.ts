import { problem } from "../tree/problem.ts";
import { sequence, type Tree } from "../tree/tree.ts";
import { record } from "./pairs.ts";

/** Every port as `{target, published, host_ip, protocol}`, ranges expanded. */
export function canonicalPorts(tree: Tree, subject: string): Tree {
  if (tree.kind !== "sequence") return tree;
  return sequence(
    tree.items.flatMap((item) => (item.kind === "scalar" ? shortPorts(item, String(item.value), subject) : [item])),
    tree,
  );
}

/** `[HOST_IP:][HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTOCOL]`, the address of IPv6 in brackets. */
const SHORT =
  /^(?:(?:(\[[0-9a-fA-F:.]+\]|[0-9.]+|[A-Za-z][\w.-]*):)?(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)(?:\/([A-Za-z]+))?$/;

function shortPorts(item: Tree, text: string, subject: string): Tree[] {
  const wrong = (why: string) => problem(item.at, subject, `port '${text}' ${why}`);
  const match = SHORT.exec(text);
  if (!match) throw wrong("is not [address:][host port:]container port[/protocol]");
  const [, hostIp, published, target = "", protocol] = match;
  const targets = range(target);
  const publisheds = published === undefined ? targets.map(() => undefined) : range(published);
  if (!targets.length || !publisheds.length) throw wrong("has a range that ends before it starts or is out of bounds");
  if (targets.length !== publisheds.length) throw wrong("has ranges of different length");
  return targets.map((number, index) =>
    record(
      {
        target: number,
        published: publisheds[index],
        host_ip: hostIp?.replace(/^\[(.*)\]$/, "$1"),
        protocol: protocol?.toLowerCase(),
      },
      item,
    ),
  );
}

/** `8000-8002` to its numbers; empty when it makes no sense as ports. */
function range(text: string): number[] {
  const [first = 0, last = first] = text.split("-").map(Number);
  if (last < first || last > 65_535) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
