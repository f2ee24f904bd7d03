import { connectEngine, type Engine } from "@understudy/core";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { TestInstallation } from "../../../deploy/test/support/installation.ts";
import { calm, suffer } from "./fault-campaign.ts";
import { fault } from "./faults.ts";
import { MonitorProcess } from "./monitor-process.ts";
import { type HttpReceiver, httpReceiver, type SmtpReceiver, smtpReceiver } from "./receivers.ts";

const api = 19_460;
const channels = (hook: HttpReceiver, mail: SmtpReceiver) => `alerts:
  channels:
    hook: { type: webhook, url: "${hook.url}" }
    mail: { type: email, from: monitor@example.org, to: [ops@example.org], host: 127.0.0.1, port: ${mail.port}, security: none }
`;

/**
 * What the monitor says while services of a whole staging suffer. It is the first one to watch that staging, which is
 * left as it was.
 * @param interval the installation's `intervalSeconds`
 */
export function monitorSuite(installation: () => TestInstallation, interval: number): void {
  describe("the monitor, a sample of what services suffer", () => {
    let engine: Engine;
    let hook: HttpReceiver;
    let mail: SmtpReceiver;
    let monitor: MonitorProcess;
    let settings: string;

    beforeAll(async () => {
      engine = await connectEngine("local");
      hook = await httpReceiver();
      mail = await smtpReceiver({ user: "", password: "" }, { authOptional: true, disabledCommands: ["STARTTLS"] });
      settings = installation().read("understudy.yml");
      installation().write("understudy.yml", settings + channels(hook, mail));
      monitor = await MonitorProcess.start(installation(), api);
    });
    afterAll(async () => {
      await monitor?.[Symbol.asyncDispose]();
      installation().write("understudy.yml", settings);
      await hook?.[Symbol.asyncDispose]();
      await mail?.[Symbol.asyncDispose]();
      await engine?.close();
    });

    // All thirty: faults.long.test.ts.
    it("postgres stopped: one alert for it, one recovery, on every channel", async () => {
      const stage = { engine, installation: installation(), volumes: new Map() };
      await calm(monitor);
      await suffer(fault("postgres", "stopped"), stage, { hook, mail }, 3 * interval + 20);
    });
  });
}
