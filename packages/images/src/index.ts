export { type BuildProgress, buildImages } from "./build.ts";
export { type Build, type BuildPlan, orderBuilds } from "./plan.ts";
export { planBuilds } from "./present.ts";
export { builtName, type Recipe, recipes } from "./recipe.ts";
