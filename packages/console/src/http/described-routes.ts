import { z } from "zod";
import { consoleRoutes, type Desk } from "./routes.ts";

/** Every address of the API, for the page of it. */
export function describedRoutes() {
  // Routes are described without being called: of the desk they need what they are made from, no more.
  const desk = { installation: { root: "" }, settings: { console: {}, environments: {} } } as unknown as Desk;
  return consoleRoutes(desk).map(({ method, path, who, summary, answer }) => ({
    ...{ method, path, who, summary },
    fields: answer ? fieldsOf(answer) : ["events"],
  }));
}

function fieldsOf(schema: z.ZodType): string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" });
  return Object.keys(properties);
}
