import { UserError } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import type { Check } from "./check.ts";
import { defaultChecks } from "./defaults/defaults.ts";
import { type Adjusting, type Interpreted, interpret } from "./definitions/interpret.ts";
import { checksFolder, readDefinitions } from "./definitions/read.ts";

/** Every check of a stack: the defaults, with the definitions of `checks/` over them. @throws UserError for a wrong definition. */
export async function checksOf(stack: DesiredStack, { withDefaults = true } = {}): Promise<Check[]> {
  const services = [...Object.keys(stack.model.services), "host"];
  const written = await readDefinitions(checksFolder(stack.installation));
  const definitions = written.map((one) => interpret(one, stack.envFile, services));
  return merge(withDefaults ? defaultChecks(stack) : [], definitions);
}

/** Lay definitions over the defaults: of the same name, one replaces or adjusts the other. Pure. */
export function merge(defaults: readonly Check[], definitions: readonly Interpreted[]): Check[] {
  const all = new Map(defaults.map((check) => [check.name, check]));
  const places = new Map<string, string>();
  for (const definition of definitions) {
    const { name } = "check" in definition ? definition.check : definition.adjustment;
    const first = places.get(name);
    if (first) {
      throw new UserError(`${definition.place}: check "${name}" is defined twice, first at ${first}`, {
        next: "Rename one of them",
      });
    }
    places.set(name, definition.place);
    all.set(name, "check" in definition ? definition.check : adjust(definition, defaults));
  }
  return [...all.values()];
}

function adjust({ place, adjustment }: Adjusting, defaults: readonly Check[]): Check {
  const { name, disabled, thresholds, ...changes } = adjustment;
  const check = defaults.find((one) => one.name === name);
  if (!check) throw unknownDefault(place, name, defaults);
  if (disabled) return { ...check, notApplicable: () => `switched off at ${place}` };
  if (!thresholds) return { ...check, ...given(changes) };
  if (!check.thresholds) {
    throw new UserError(`${place}: check "${name}" measures nothing that thresholds could be for`, {
      next: "Leave thresholds away",
    });
  }
  return { ...check, ...given(changes), thresholds: { ...check.thresholds, ...given(thresholds) } };
}

function unknownDefault(place: string, name: string, defaults: readonly Check[]): UserError {
  const [service] = name.split(" ");
  const near = defaults.filter((check) => check.service === service || check.name.startsWith(`${service} `));
  const names = (near.length ? near : defaults).map((check) => check.name);
  return new UserError(
    `${place}: there is no default check "${name}" to change, and a check of your own needs a type`,
    {
      next: `There are: ${names.join(", ")}`,
    },
  );
}

function given<T extends object>(changes: T): Partial<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
}
