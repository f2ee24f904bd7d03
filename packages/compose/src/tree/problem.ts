import { isAbsolute, relative } from "node:path";
import { UserError } from "@understudy/core";
import type { Position } from "./tree.ts";

/** `compose/docker-compose.yml:14:5`, relative to the working directory where that is shorter. */
export function where(at: Position): string {
  return `${shownPath(at.file)}:${at.line}:${at.column}`;
}

/** A path as a person would write it here. */
export function shownPath(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") || isAbsolute(near) || near === "" ? file : near;
}

/** A mistake in a compose file: place, what it is about (`service n8n`), what is wrong, what to do. */
export function problem(at: Position, subject: string, message: string, next?: string): UserError {
  return new UserError(`${where(at)}: ${subject ? `${subject}: ` : ""}${message}`, next ? { next } : {});
}

/** `service n8n` for a path under services.n8n, `network internal` and so on; empty for the file itself. */
export function subjectOf(path: readonly (string | number)[]): string {
  const kind = { services: "service", networks: "network", volumes: "volume", configs: "config", secrets: "secret" }[
    String(path[0])
  ];
  return kind && path[1] !== undefined ? `${kind} ${path[1]}` : "";
}
