import { referencedVariables, type Service } from "@understudy/compose";
import { type ContainerInspectInfo, UserError } from "@understudy/core";
import {
  composeFiles,
  type DesiredStack,
  desiredStack,
  type ProfileChoice,
  type Target,
} from "@understudy/environment";
import { type Place, stands } from "./derive-settings.ts";
import type { Matched } from "./match-services.ts";

/** The model with a stand-in for every variable whose value is a text somewhere; what must be a number or the like keeps its default. */
export async function templateModel(target: Target, profile: ProfileChoice): Promise<DesiredStack["model"]> {
  const referenced = await referencedVariables(composeFiles(target, profile.profile));
  const standIns = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, stands(name)]));
  const load = async (names: readonly string[]) => {
    const envFile = { path: "", values: standIns(names), secretValues: [], fresh: true };
    return (await desiredStack(target, profile, envFile)).model;
  };
  const required = referenced.filter((variable) => variable.required).map(({ name }) => name);
  const optional = referenced.filter((variable) => !variable.required && !isSettled(target, variable.name));
  const isText = async ({ name }: { name: string }) => {
    try {
      await load([...required, name]);
      return [name];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  };
  return await load([...required, ...(await Promise.all(optional.map(isText))).flat()]);
}

/** Decided by the settings, whatever an environment file says. */
function isSettled({ environment }: Target, name: string): boolean {
  return name === "EGRESS_INTERNAL" || name.startsWith("UNDERSTUDY_") || Object.hasOwn(environment.variables, name);
}

/** Where a container that runs tells what a template stands for. Pure. */
export function placesOf(model: DesiredStack["model"], services: Matched): Place[] {
  return [...services].flatMap(([name, info]) => {
    const service = model.services[name];
    return service ? servicePlaces(service, info) : [];
  });
}

function servicePlaces(service: Service, { Config }: ContainerInspectInfo): Place[] {
  const live = variablesOf(Config.Env);
  const variables = Object.entries(service.environment).flatMap(([name, template]) => {
    const value = live.get(name);
    return value === undefined ? [] : [{ service: service.name, what: `environment ${name}`, template, live: value }];
  });
  return [
    ...variables,
    ...wordPlaces(service.name, "command", service.command, Config.Cmd),
    ...wordPlaces(service.name, "entrypoint", service.entrypoint, [Config.Entrypoint ?? []].flat()),
    ...wordPlaces(service.name, "health check", service.healthcheck?.test, Config.Healthcheck?.Test),
  ];
}

/** Word by word, where both have as many. */
function wordPlaces(
  service: string,
  what: string,
  templates: readonly string[] | undefined,
  words: readonly string[] | undefined,
): Place[] {
  if (!templates || templates.length !== words?.length) return [];
  return templates.map((template, index) => ({ service, what, template, live: words[index] ?? "" }));
}

/** Names and values of a container's `NAME=value` list. */
export function variablesOf(list: readonly string[] | undefined): Map<string, string> {
  return new Map((list ?? []).map((entry) => entry.split(/=(.*)/s, 2) as [string, string]));
}
