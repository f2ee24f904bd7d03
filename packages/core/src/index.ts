export { type Command, InvalidArgumentError, Option } from "commander";
export type {
  Container,
  ContainerInspectInfo,
  ImageInspectInfo,
  MountSettings,
  NetworkInspectInfo,
  VolumeInspectInfo,
} from "dockerode";
export { type AuditEntry, audit, operator } from "./audit.ts";
export { canonicalJson } from "./canonical-json.ts";
export { runVerb, type VerbDefinition } from "./cli/verb.ts";
export { type AgentAccess, agentAccess, isElsewhere, keepAgentAccess, parseAgentHost } from "./docker/agent-access.ts";
export { forwardThroughAgent, relayPath, relayProtocol } from "./docker/agent-forward.ts";
export { type AttachedContainer, amongContainers, startAttached } from "./docker/attached.ts";
export { containerLines, type LogWindow, lastLogLines } from "./docker/container-logs.ts";
export { compareVersions, connectEngine, type Engine, isGone, minimumApiVersion, statusOf } from "./docker/engine.ts";
export { type ExecOptions, type ExecResult, exec, execStream } from "./docker/exec.ts";
export type { Labels, ServiceSpec, SwarmService, SwarmTask } from "./docker/fleet/api.ts";
export { openEngine, type Whereabouts } from "./docker/fleet/connect.ts";
export { type Fleet, type FleetNode, type FleetView, ingressLabel, type OlderVolume } from "./docker/fleet/fleet.ts";
export { pinOf } from "./docker/fleet/places.ts";
export { Foothold } from "./docker/foothold.ts";
export { describeHolder, HostSession } from "./docker/host-session.ts";
export type { HttpAnswer, HttpDoor } from "./docker/http-over.ts";
export { innerResolver } from "./docker/inner-resolver.ts";
export { joinTunnel } from "./docker/join-tunnel.ts";
export { composeLabel, isOfStack, label, ofStack } from "./docker/labels.ts";
export { dockerSocket } from "./docker/local-docker-host.ts";
export { awaitOwnTest, passesOwnTest } from "./docker/own-test.ts";
export { pinAgent } from "./docker/pin-agent.ts";
export { type PlacedFile, placeFiles } from "./docker/place-files.ts";
export { untilGone } from "./docker/until-gone.ts";
export { weigh, weights } from "./docker/weights.ts";
export {
  laterVariables,
  missingVariables,
  parseEnvFile,
  randomSecret,
  renderEnvFile,
  type SecretSpec,
} from "./env-file.ts";
export { firstFailure, formatUserError, messageOf, UserError } from "./errors.ts";
export { factFile, forgetFact, readFact, writeFact } from "./facts.ts";
export { writeFileAtomic } from "./files.ts";
export { GitFailure, type GitState, git, gitCommit, gitState, hasCommit, isInGit } from "./git.ts";
export { giveWay } from "./give-way.ts";
export { sha256 } from "./hash.ts";
export { findInstallation, type Installation, sourceRoot } from "./installation.ts";
export { type InterruptedRun, Journal, type JournalLine } from "./journal.ts";
export { isKey, keyInFile, readSecretFile } from "./key-file.ts";
export { dayOf, type Log, openLog, silentLog } from "./log.ts";
export { type Notice, Outbox, type PastNotice, type Pending, type Refusal } from "./notices/outbox.ts";
export { agentFor, readFingerprint } from "./pinned-agent.ts";
export { isAlive } from "./process-alive.ts";
export { runSteps, type Step } from "./progress.ts";
export { confirmDestructive } from "./prompts.ts";
export { closeQuietWindow, keepQuiet, lastQuietWindow, openQuietWindow, type QuietWindow } from "./quiet.ts";
export { isSecret, isSecretName, secrets } from "./redact.ts";
export { cronBlock } from "./schedule/cron.ts";
export { readBlocks, withBlock, withoutBlock } from "./schedule/crontab.ts";
export type { ScheduledJob } from "./schedule/job.ts";
export { type Standing, sameOrigin, standing } from "./schedule/stamp.ts";
export { unitFiles } from "./schedule/systemd.ts";
export type { ChannelSettings } from "./settings/alerts.ts";
export type { MonitorSettings } from "./settings/monitor.ts";
export type { SwarmNode } from "./settings/nodes.ts";
export {
  type Environment,
  environmentOfKind,
  loadSettings,
  parseSettings,
  resolveEnvironment,
  type Settings,
} from "./settings/settings.ts";
export { table } from "./table.ts";
export { isThisMachine } from "./this-machine.ts";
export { assertPulumi, type Toolchain, toolchain } from "./toolchain.ts";
export { bytesInWords, countInWords, secondsInWords } from "./words.ts";
