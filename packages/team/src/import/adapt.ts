import { databaseExists, incomingName, type Side } from "@understudy/data";
import type { SealedCredential } from "../export/credentials.ts";
import { teamBox } from "../key/box.ts";
import { teamKey } from "../key/team-keys.ts";
import { migrationOf } from "../services.ts";
import { adaptN8n } from "./adapt-n8n.ts";
import { adaptOpenWebui } from "./adapt-open-webui.ts";

/** Make a restored database of a known service this environment's; others stay as they came. @throws UserError */
export async function adapt(
  { server, stack }: Side,
  database: string,
  {
    credentials,
    withoutCredentials,
  }: { readonly credentials: readonly SealedCredential[]; readonly withoutCredentials: boolean },
): Promise<void> {
  if (database !== "n8n" && database !== "openwebui") return;
  await using opened = new AsyncDisposableStack();
  const incoming = opened.use(await server.connect(incomingName(database)));
  const admin = opened.use(await server.connect("postgres"));
  const own = (await databaseExists(admin, database)) ? opened.use(await server.connect(database)) : undefined;
  // Its service never ran here.
  const live = own && (await migrationOf(own, database)) !== null ? own : undefined;
  const { values } = stack.envFile;
  if (database === "openwebui") return await adaptOpenWebui(incoming, live, values.WEBUI_ADMIN_EMAIL ?? "");
  await adaptN8n({
    ...{ incoming, live, credentials },
    instanceKey: values.N8N_ENCRYPTION_KEY ?? "",
    whose: stack.environment.name,
    box: withoutCredentials ? undefined : teamBox(teamKey(stack.installation)),
  });
}
