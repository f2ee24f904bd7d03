import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answersHere } from "./answers-here.ts";

const server = createServer((request, response) => response.writeHead(request.url === "/health" ? 200 : 503).end());
const endpoint = (probe: { protocol: "http" | "tcp"; port: number; path: string }) => ({
  service: "n8n",
  url: "",
  probe: { address: "127.0.0.1", ...probe },
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

test("a healthy endpoint answers", async () => {
  expect(await answersHere(endpoint({ protocol: "http", port, path: "/health" }))).toBe(true);
  expect(await answersHere(endpoint({ protocol: "tcp", port, path: "" }))).toBe(true);
});

test("an error does not count as an answer, nor does a closed port", async () => {
  expect(await answersHere(endpoint({ protocol: "http", port, path: "/" }))).toBe(false);
  expect(await answersHere(endpoint({ protocol: "http", port: 1, path: "/health" }))).toBe(false);
  expect(await answersHere(endpoint({ protocol: "tcp", port: 1, path: "" }))).toBe(false);
});
