import { type Column, type Connection, connect, type TypeShape } from "@understudy/postgres";
import { startServer } from "../../../postgres/test/support/server.ts";
import { textShape } from "../../src/mask/compile/text-shape.ts";
import type { MaskContext } from "../../src/mask/compile.ts";

/** A server to mask on. Removed at the end. */
export interface MaskServer extends AsyncDisposable {
  /** A session as a copy has it: with a key, without a search path. */
  session(key: string): Promise<Connection>;
  run(...statements: readonly string[]): Promise<void>;
}

export async function startMaskServer(): Promise<MaskServer> {
  const server = await startServer();
  const sessions: Connection[] = [];
  return {
    session: async (key) => {
      const session = await connect({ ...server.options, timeout: 120_000 });
      sessions.push(session);
      await session.query(
        "SELECT set_config('understudy.key', $1, false), set_config('search_path', '', false), set_config('jit', 'off', false)",
        [key],
      );
      return session;
    },
    run: (...statements) => server.run("postgres", ...statements),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sessions.map((session) => session.close()));
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A column as the catalog would describe it. */
export function columnOf(name: string, type: string, shape: Partial<TypeShape> = {}): Column {
  const all = { ...textShape, ...shape };
  return {
    name,
    type,
    shape: all,
    notNull: false,
    generated: false,
    identity: null,
    numbered: false,
    comment: undefined,
  };
}

export const context: MaskContext = {
  table: "public.people",
  rows: 1_000,
  distinct: false,
  person: undefined,
  names: undefined,
};
