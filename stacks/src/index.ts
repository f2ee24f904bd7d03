export { type ImageHealthcheck, serviceArgs } from "./container-args.ts";
export { type Labels, type MadeOtherwise, type StackInput, stackProgram, type Turns } from "./program.ts";
