export type { ImageHealthcheck, ImageStart } from "./container-args.ts";
export type { Labels } from "./labels.ts";
export { type MadeOtherwise, type StackInput, stackProgram } from "./program.ts";
export { type SwarmImage, type SwarmInput, swarmProgram } from "./swarm/program.ts";
export type { Turns } from "./turns.ts";
