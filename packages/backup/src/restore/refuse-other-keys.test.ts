import { expect, it } from "vitest";
import { refuseOtherKeys } from "./refuse-other-keys.ts";

const id = "backup-20261121-020000";
const files = {
  "understudy.yml": { text: "project: acme\n", mode: 0o644 },
  ".env.production": { text: "N8N_ENCRYPTION_KEY=then\nWEBUI_SECRET_KEY=same\nPOSTGRES_PASSWORD=old\n", mode: 0o600 },
};
const refuse = (values: Record<string, string>, from = files) =>
  refuseOtherKeys(
    { envFile: { path: "/x/.env.production", values }, environment: { name: "production" } } as never,
    id,
    from,
  );

it("takes passwords as they are now, and keys as they must be", () => {
  expect(() =>
    refuse({ N8N_ENCRYPTION_KEY: "then", WEBUI_SECRET_KEY: "same", POSTGRES_PASSWORD: "new" }),
  ).not.toThrow();
  expect(() => refuse({ N8N_ENCRYPTION_KEY: "now", WEBUI_SECRET_KEY: "same" })).toThrow(
    expect.objectContaining({
      message: `/x/.env.production has another N8N_ENCRYPTION_KEY than when ${id} was taken`,
      next: expect.stringContaining(`pnpm backup:restore ${id} --only environment`),
    }),
  );
  expect(() => refuse({})).toThrow(/another N8N_ENCRYPTION_KEY, WEBUI_SECRET_KEY than/);
});
