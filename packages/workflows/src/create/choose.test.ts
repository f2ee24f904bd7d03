import { expect, it } from "vitest";
import { chooseWorkflows } from "./choose.ts";

const listed = (id: string, name: string, isArchived = false) => ({ id, name, isArchived, updatedAt: new Date(0) });
const all = [listed("1", "Orders"), listed("2", "Mail"), listed("3", "Mail", true)];
const choose = (...names: string[]) => chooseWorkflows(all, { names, ids: [] });

it("finds workflows by name or id, each once", () => {
  expect(chooseWorkflows(all, { names: ["Orders"], ids: ["3", "1"] })).toEqual(["3", "1"]);
});

it("lists those of one name, with what tells them apart", () => {
  expect(() => choose("Mail")).toThrow(
    '2 workflows are called "Mail": 2 (saved 1970-01-01T00:00Z), 3 (saved 1970-01-01T00:00Z, archived)',
  );
});

it("says what there is instead of a name that none has", () => {
  expect(() => choose("order")).toThrow(expect.objectContaining({ next: 'There is "Orders"' }));
  expect(() => choose("' OR 1=1 --")).toThrow('n8n has no workflow called "\' OR 1=1 --"');
  expect(() => chooseWorkflows(all, { names: [], ids: ["9"] })).toThrow("no workflow with the id 9");
});
