import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCompose, referencedVariables, type Service } from "@understudy/compose";
import { expect, test } from "vitest";
import { replaceManner } from "./replace-manner.ts";

const labelled = (labels: Record<string, string>) => ({ name: "letta", labels }) as Service;

test("a service without the label is held", () => expect(replaceManner(labelled({}))).toBe("hold"));

test("another word is refused, with the service and the words there are", () => {
  expect(() => replaceManner(labelled({ "understudy.replace": "rolling" }))).toThrow(
    'service letta: label understudy.replace "rolling" must be overlap or hold',
  );
});

test("n8n never runs twice; Letta and Open WebUI may", async () => {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "../../../../compose");
  const files = [join(folder, "docker-compose.yml")];
  const secrets = (await referencedVariables(files)).filter(({ name }) => /_(PASSWORD|KEY)$/.test(name));
  const variables = Object.fromEntries(secrets.map(({ name }) => [name, "x"]));
  const { services } = await loadCompose({ files, variables });
  const manners = Object.values(services).map((service) => [service.name, replaceManner(service)]);
  expect(Object.fromEntries(manners)).toMatchObject({ n8n: "hold", letta: "overlap", "open-webui": "overlap" });
});
