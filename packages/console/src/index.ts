export { AccessError } from "./access/access-error.ts";
export { Accounts, type Operator } from "./access/accounts.ts";
export { type Caller, Gate, type GateOptions } from "./access/gate.ts";
export { consolePlugin, type PluginOptions } from "./http/console-plugin.ts";
export { type ConsoleOptions, createConsole } from "./serve-console.ts";
