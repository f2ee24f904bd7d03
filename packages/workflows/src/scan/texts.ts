import type { Node } from "@understudy/n8n";
import type { Content } from "../content/content.ts";

/** A text of a workflow that a person wrote. */
export interface Written {
  /** For people: `Send mail: parameters.options.replyTo`. */
  readonly where: string;
  /** What it is called: its own key, or the name beside a value, e.g. of an HTTP header. */
  readonly key: string;
  readonly text: string;
  /** It names something by an id of another system's. */
  readonly isId: boolean;
}

/** Every text in a workflow's parameters, notes and description. */
export function* textsOf({ nodes, description }: Pick<Content, "nodes" | "description">): Generator<Written> {
  if (description) yield { where: "description", key: "description", text: description, isId: false };
  for (const node of nodes) {
    yield* below(node.parameters, { where: `${node.name}: parameters`, key: "", isId: false });
    const { notes } = node as Node & { notes?: unknown };
    yield* below(notes, { where: `${node.name}: notes`, key: "notes", isId: false });
  }
}

type Place = Omit<Written, "text">;

function* below(value: unknown, place: Place): Generator<Written> {
  if (typeof value === "string") yield { ...place, text: value };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* below(item, { ...place, where: `${place.where}[${index}]` });
  } else if (value && typeof value === "object") {
    const fields = value as Readonly<Record<string, unknown>>;
    const named = typeof fields.name === "string" ? fields.name : typeof fields.key === "string" ? fields.key : "";
    for (const [key, field] of Object.entries(fields)) {
      yield* below(field, {
        where: `${place.where}.${key}`,
        key: key === "value" && named ? named : key === "value" && fields.__rl ? place.key : key,
        isId: fields.__rl === true || /id$/i.test(key),
      });
    }
  }
}
