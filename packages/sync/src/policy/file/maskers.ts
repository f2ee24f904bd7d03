import { maskers } from "../../mask/registry.ts";

export const maskerNames: readonly string[] = [...maskers.keys()];

/** Check the options of a masker. @throws what `refuse` makes of the first that is wrong and of what there is. */
export function checkMask(
  name: string,
  options: Readonly<Record<string, unknown>>,
  refuse: (field: readonly PropertyKey[], why: string) => Error,
): void {
  const schema = maskers.get(name)?.options.strict();
  const [issue] = schema?.safeParse(options).error?.issues ?? [];
  if (!issue) return;
  if (issue.code !== "unrecognized_keys") throw refuse(issue.path, issue.message);
  const known = ["mask", "distinct", "person", ...Object.keys(schema?.shape ?? {})];
  throw refuse([issue.keys[0] ?? ""], `is no option of ${name}; there are ${known.join(", ")}`);
}
