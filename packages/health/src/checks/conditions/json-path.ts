import { compile, JSONPathError, type JSONValue, query } from "json-p3";
import { z } from "zod";

/** A JSONPath of RFC 9535, e.g. `$.items[0].name`. */
export const jsonPath = z.string().superRefine((path, context) => {
  try {
    compile(path);
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    context.addIssue({ code: "custom", message: `is no JSONPath (RFC 9535): ${error.message}` });
  }
});

/** What is at a path: the value, a list where there are several, undefined where there is none. */
export function valueAt(path: string, document: unknown): unknown {
  const values = query(path, document as JSONValue).values();
  return values.length > 1 ? values : values[0];
}
