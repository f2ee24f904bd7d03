import { setTimeout as sleep } from "node:timers/promises";
import { type ContainerInspectInfo, type Environment, UserError } from "@understudy/core";
import type { Execution, ExecutionFilter } from "./execution.ts";
import { ask, type Request } from "./http.ts";
import { type Instance, instanceOf } from "./instance.ts";
import type { Workflow, WorkflowDraft } from "./workflow.ts";

export interface N8nOptions {
  readonly container: ContainerInspectInfo;
  /** Where its port 5678 answers this process. */
  readonly address: { readonly host: string; readonly port: number };
  readonly environment: Pick<Environment, "name" | "kind">;
  /** Of the environment file. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Credential {
  readonly id: string;
  readonly name: string;
}

/** n8n's own port, inside its container. */
export const n8nPort = 5678;

const pageSize = 250;

/** ms that n8n may take to switch a workflow off. */
const unpublishing = 30_000;

/** What n8n answered when it did not do what was asked. */
class Refusal extends UserError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message, { next: "See pnpm logs n8n" });
    this.status = status;
  }
}

/** n8n's public REST API (`/api/v1`). Every method throws a UserError with what n8n answered. */
export class N8n {
  readonly instance: Instance;
  readonly #base: URL;
  readonly #key: string;
  readonly #envFile: string;
  readonly #deploy: string;

  /** @throws UserError without an API key, or for a version of n8n that is not known here. */
  constructor({ container, address, environment, values }: N8nOptions) {
    this.instance = instanceOf(container);
    this.#base = new URL(`http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`);
    this.#key = values.N8N_API_KEY ?? "";
    this.#envFile = `.env.${environment.name}`;
    const named = environment.name === environment.kind ? "" : ` --environment ${environment.name}`;
    this.#deploy = `pnpm deploy:${environment.kind}${named}`;
    if (!this.#key)
      throw new UserError(`N8N_API_KEY is empty in ${this.#envFile}`, { next: `${this.#deploy} makes one` });
  }

  /** Every workflow that is not archived. */
  async workflows(): Promise<Workflow[]> {
    const all = await Array.fromAsync(this.#pages<Workflow>("/workflows", { excludePinnedData: true }));
    return all.filter(({ isArchived }) => !isArchived);
  }

  workflow(id: string): Promise<Workflow> {
    return this.#call("GET", `/workflows/${encodeURIComponent(id)}`);
  }

  /** Make a workflow; it is not active. */
  createWorkflow({ name, nodes, connections, settings }: WorkflowDraft): Promise<Workflow> {
    return this.#call("POST", "/workflows", { body: { name, nodes, connections, settings } });
  }

  /**
   * Switch a workflow on. n8n registers its webhooks and schedules a moment later.
   * @param versionId of its history; the newest unless told
   */
  async activate(id: string, versionId?: string): Promise<void> {
    await this.#call("POST", `/workflows/${encodeURIComponent(id)}/activate`, { body: { versionId } });
  }

  /** Switch a workflow off; one that is off or gone already is no failure. */
  async deactivate(id: string): Promise<void> {
    await this.#call("POST", `/workflows/${encodeURIComponent(id)}/deactivate`, { body: {}, gone: true });
  }

  /** Remove a workflow with its executions, also while it is active; one that is gone already is no failure. */
  async deleteWorkflow(id: string): Promise<void> {
    // "Workflow is still being published", or "unpublished": n8n puts its triggers up, and takes them down, a moment later;
    // and what it had in hand then may be stored once more.
    for (const deadline = performance.now() + unpublishing; ; await sleep(100)) {
      try {
        if (await this.#remove(id)) return;
      } catch (error) {
        // 500: it stumbles over a publication that ends at the same moment.
        const passing = error instanceof Refusal && (error.status === 409 || error.status === 500);
        if (!passing || performance.now() > deadline) throw error;
      }
      if (performance.now() > deadline) throw new UserError(`n8n keeps workflow ${id}`, { next: "Remove it in n8n" });
    }
  }

  /** @returns whether it is gone */
  async #remove(id: string): Promise<boolean> {
    await this.deactivate(id);
    const path = `/workflows/${encodeURIComponent(id)}`;
    await this.#call("DELETE", path, { gone: true });
    const left = await this.#call<Partial<Workflow>>("GET", path, { gone: true });
    return left.id === undefined;
  }

  /** Executions that do not run any more (or of the status asked for), newest first; pages are fetched as they are read. */
  executions({ withData, startedAfter, startedBefore, ...filter }: ExecutionFilter): AsyncGenerator<Execution> {
    return this.#pages<Execution>("/executions", {
      ...filter,
      includeData: withData,
      startedAfter: startedAfter && new Date(startedAfter).toISOString(),
      startedBefore: startedBefore && new Date(startedBefore).toISOString(),
    });
  }

  /** One execution with the data of every node; undefined when n8n has removed it. */
  async execution(id: string): Promise<Execution | undefined> {
    const query = { includeData: true, ignoreDataSizeLimit: true };
    const found = await this.#call<Execution>("GET", `/executions/${encodeURIComponent(id)}`, { query, gone: true });
    return found.id === undefined ? undefined : found;
  }

  /**
   * Begin an execution that ended badly again, from where it came to, as the workflow was then. n8n answers when that has ended.
   * @returns the new one. @throws NoAnswer while it still runs after half a minute
   */
  retryExecution(id: string): Promise<Execution> {
    return this.#call("POST", `/executions/${encodeURIComponent(id)}/retry`, { body: {} });
  }

  credentials(): Promise<Credential[]> {
    return Array.fromAsync(this.#pages<Credential>("/credentials", {}));
  }

  /** Store a credential. @param type n8n's name of it, e.g. `postgres` */
  createCredential(credential: { name: string; type: string; data: Record<string, unknown> }): Promise<Credential> {
    return this.#call("POST", "/credentials", { body: credential });
  }

  /** Remove a credential; one that is gone already is no failure. */
  async deleteCredential(id: string): Promise<void> {
    await this.#call("DELETE", `/credentials/${encodeURIComponent(id)}`, { gone: true });
  }

  async *#pages<Item>(path: string, query: NonNullable<Request["query"]>): AsyncGenerator<Item> {
    let cursor: string | undefined;
    do {
      const page: { data: Item[]; nextCursor?: string | null } = await this.#call("GET", path, {
        query: { limit: pageSize, ...query, cursor },
      });
      yield* page.data;
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
  }

  async #call<Answer>(
    method: NonNullable<Request["method"]>,
    path: string,
    { gone, ...request }: Omit<Request, "key" | "method"> & { gone?: boolean } = {},
  ): Promise<Answer> {
    const { status, body } = await ask(this.#base, path, { method, key: this.#key, ...request });
    if (status < 300 || (gone && status === 404)) return body as Answer;
    if (status === 401) {
      throw new UserError(`n8n does not know the N8N_API_KEY of ${this.#envFile}`, {
        next: `${this.#deploy} makes a new one`,
      });
    }
    const said = (body as { message?: string } | undefined)?.message ?? "nothing";
    throw new Refusal(status, `n8n answered ${status} to ${method} ${path}: ${said}`);
  }
}
