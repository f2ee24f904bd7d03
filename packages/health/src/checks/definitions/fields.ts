import { z } from "zod";

/** An object of exactly these fields; an error names them. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? `is not a field here; there are ${Object.keys(shape).join(", ")}` : undefined,
  });
}
