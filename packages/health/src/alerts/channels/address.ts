import { UserError } from "@understudy/core";

/** @throws UserError, without the value, which may be secret. */
export function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UserError("url is not an address", { next: "It must look like https://example.org/path" });
  }
  if (url.username || url.password) {
    throw new UserError("url has a user name or password in it", {
      next: "Take type webhook, with headers: authorization: Basic ${NAME}",
    });
  }
  return url;
}

/** @throws UserError for a value that no header can have. */
export function headersOf(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers({ [name]: value });
    } catch {
      throw new UserError(`headers.${name} has a character that no header can have`, {
        next: "Look for a line break or a letter outside of Latin-1 in it",
      });
    }
  }
  return headers;
}
