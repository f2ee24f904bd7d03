import type { ComposeModel } from "@understudy/compose";
import { UserError } from "@understudy/core";

/** A volume says `understudy.data: transient` when what is in it belongs to the data of the moment, such as a queue's jobs. */
const dataLabel = "understudy.data";

/** The volumes that copies, backups and archives are about. Pure. @throws UserError for a label that says something else */
export function keptVolumes(model: ComposeModel): string[] {
  return Object.keys(model.volumes).filter((name) => !isTransient(model, name));
}

/** The volumes that are no part of them, and that begin empty with other data. Pure. */
export function transientVolumes(model: ComposeModel): string[] {
  return Object.keys(model.volumes).filter((name) => isTransient(model, name));
}

function isTransient({ volumes }: ComposeModel, name: string): boolean {
  const said = volumes[name]?.labels[dataLabel];
  if (said === undefined || said === "transient") return said !== undefined;
  throw new UserError(`volume ${name}: label ${dataLabel} "${said}" must be transient, or not be there`, {
    next: "Correct it in compose/",
  });
}
