export { type Command, Option } from "commander";
export type {
  Container,
  ContainerInspectInfo,
  ImageInspectInfo,
  NetworkInspectInfo,
  VolumeInspectInfo,
} from "dockerode";
export { type AuditEntry, audit, operator } from "./audit.ts";
export { runVerb, type VerbDefinition } from "./cli/verb.ts";
export { compareVersions, connectEngine, type Engine, minimumApiVersion, statusOf } from "./docker/engine.ts";
export { type ExecOptions, type ExecResult, exec } from "./docker/exec.ts";
export { describeHolder, HostSession, type HttpAnswer } from "./docker/host-session.ts";
export { label, ofStack } from "./docker/labels.ts";
export { missingVariables, parseEnvFile, randomSecret, renderEnvFile, type SecretSpec } from "./env-file.ts";
export { formatUserError, messageOf, UserError } from "./errors.ts";
export { forgetFact, readFact, writeFact } from "./facts.ts";
export { writeFileAtomic } from "./files.ts";
export { gitCommit } from "./git.ts";
export { findInstallation, type Installation, sourceRoot } from "./installation.ts";
export { type InterruptedRun, Journal } from "./journal.ts";
export { dayOf, type Log, openLog, silentLog } from "./log.ts";
export { isAlive } from "./process-alive.ts";
export { runSteps, type Step } from "./progress.ts";
export { confirmDestructive } from "./prompts.ts";
export { isSecret, isSecretName, secrets } from "./redact.ts";
export {
  type Environment,
  environmentOfKind,
  loadSettings,
  parseSettings,
  resolveEnvironment,
  type Settings,
} from "./settings.ts";
export { assertPulumi, type Toolchain, toolchain } from "./toolchain.ts";
