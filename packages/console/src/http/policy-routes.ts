import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { audit, sha256, UserError, writeFileAtomic } from "@understudy/core";
import { checkPolicy, policyFile } from "@understudy/sync";
import { policyFileSchema, savePolicySchema } from "../contract/policy.ts";
import { type Route, route } from "./route.ts";
import type { Desk } from "./routes.ts";

/** `sanitize.yml`: what happens to production's data on its way to staging. */
export function policyRoutes({ installation, kept }: Desk): Route[] {
  const file = policyFile(installation);
  const read = () => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return { text, mark: sha256(text) };
  };
  return [
    route({
      method: "GET",
      path: "/api/console/policy",
      summary: "The text of sanitize.yml",
      who: "viewer",
      answer: policyFileSchema,
      handle: read,
    }),
    route({
      method: "PUT",
      path: "/api/console/policy",
      summary: "Save sanitize.yml, if it is as it was when the editing began and what it says is understood",
      who: "operator",
      body: savePolicySchema,
      answer: policyFileSchema,
      handle: ({ body: { text, mark }, caller }) => {
        if (read().mark !== mark) {
          throw new UserError("sanitize.yml was changed by somebody else meanwhile", {
            next: "Copy what you wrote, load the page again, and put it in",
          });
        }
        checkPolicy(text, "sanitize.yml");
        writeFileAtomic(file, text, 0o644);
        kept.forget();
        audit(installation, {
          what: "console:policy",
          who: `${caller.name}@${hostname()}`,
          environment: "production",
          result: "succeeded",
        });
        return read();
      },
    }),
  ];
}
