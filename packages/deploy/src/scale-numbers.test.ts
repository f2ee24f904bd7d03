import { expect, it } from "vitest";
import { readNumbers } from "./scale-numbers.ts";

it("reads numbers by service", () => {
  expect(readNumbers(["n8n-worker=3", "n8n-webhook=1"])).toEqual({ "n8n-worker": 3, "n8n-webhook": 1 });
  expect(readNumbers([])).toEqual({});
});

it.each([
  ["n8n-worker", '"n8n-worker" is not <service>=<number>'],
  ["n8n-worker=many", '"n8n-worker=many" is not <service>=<number>'],
  ["n8n-worker=-1", '"n8n-worker=-1" is not <service>=<number>'],
  ["n8n-worker=0", '"n8n-worker=0" asks for 0, and 1 to 50 can run'],
  ["n8n-worker=51", '"n8n-worker=51" asks for 51, and 1 to 50 can run'],
])("%s is refused", (word, message) => {
  expect(() => readNumbers([word])).toThrow(message);
});

it("refuses two numbers for one service", () => {
  expect(() => readNumbers(["a=1", "a=2"])).toThrow('"a" is named twice');
});
