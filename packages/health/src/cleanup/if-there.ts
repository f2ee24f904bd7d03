import { UserError } from "@understudy/core";

/** What a look at a file gives; undefined when the file is not there, or no longer. @throws UserError when it may not be looked at. */
export function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new UserError(`${path} cannot be read`, { next: "Run it as the user that it belongs to", cause: error });
  }
}
