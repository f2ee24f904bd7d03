import { connectEngine, type Engine } from "@understudy/core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createInstallation, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { calm, type Heard, suffer } from "./support/fault-campaign.ts";
import { faults, limitedVolumes, type Stage } from "./support/faults.ts";
import { MonitorProcess } from "./support/monitor-process.ts";
import { type HttpReceiver, httpReceiver, type SmtpReceiver, smtpReceiver } from "./support/receivers.ts";

const api = 19_470;
const interval = 5;
/** Three looks, one more for the part of a second that is missing, and the time that a look may take. */
const within = 4 * interval + 10;

const settings = (hook: HttpReceiver, mail: SmtpReceiver) => `environments:
  staging: { kind: staging, portOffset: 17000, compose: [limited.yml] }
monitor: { intervalSeconds: ${interval} }
alerts:
  channels:
    hook: { type: webhook, url: "${hook.url}" }
    mail: { type: email, from: monitor@example.org, to: [ops@example.org], host: 127.0.0.1, port: ${mail.port}, security: none }
`;

/** Everything that can go wrong with each service of a whole staging, one after another. */
describe("the monitor of a staging that suffers", () => {
  let installation: TestInstallation;
  let engine: Engine;
  let stage: Stage;
  let monitor: MonitorProcess;
  let hook: HttpReceiver;
  let mail: SmtpReceiver;
  let release: () => void;
  const heard: Heard[] = [];

  beforeAll(async () => {
    engine = await connectEngine("local");
    hook = await httpReceiver();
    mail = await smtpReceiver({ user: "", password: "" }, { authOptional: true, disabledCommands: ["STARTTLS"] });
    installation = createInstallation(settings(hook, mail));
    const limited = limitedVolumes(installation);
    release = limited.release;
    stage = { engine, installation, volumes: limited.volumes };
    await installation.json("deploy:staging", "--env", "laptop");
    monitor = await MonitorProcess.start(installation, api);
  });
  afterAll(async () => {
    console.table(heard);
    await monitor?.[Symbol.asyncDispose]();
    await hook?.[Symbol.asyncDispose]();
    await mail?.[Symbol.asyncDispose]();
    release?.();
    await installation?.[Symbol.asyncDispose]();
    await engine?.close();
  });

  it.each(faults.map((fault) => [`${fault.service} ${fault.name}`, fault] as const))("%s", async (_name, fault) => {
    await calm(monitor);
    heard.push(await suffer(fault, stage, { hook, mail }, within));
  });
});
