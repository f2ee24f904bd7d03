export { type ImageHealthcheck, serviceArgs } from "./container-args.ts";
export { type Labels, type StackInput, stackProgram } from "./program.ts";
