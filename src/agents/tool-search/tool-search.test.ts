import { expect, test } from "vitest";
import { call } from "../../../test/support/tool-events.js";
import { scripted } from "../../models/scripted.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import { bufferMemory } from "../memory/conversation-memory.js";
import { bestMatches } from "./best-matches.js";

const make = (name: string, description: string) =>
  tool({ name, description, input: { type: "object" }, run: () => `${name} ran` });
const many = [
  ...Array.from({ length: 300 }, (_, index) => make(`tool_${index}`, `Does the thing number ${index}.`)),
  make("create_invoice", "Writes an invoice to a customer."),
  make("sendMail", "Sends a message to somebody."),
  make("weather", "The forecast of a place."),
];
const names = (model: ReturnType<typeof scripted>, index: number) =>
  model.requests[index]?.tools?.map((one) => ("name" in one ? one.name : ""));

test("of many tools the model sees what it has found, and what is always there", async () => {
  const model = scripted([
    [call("1", "find_tools", { query: "write invoices" })],
    [call("2", "create_invoice")],
    [call("3", "find_tools", { query: "mail" })],
    ["Done."],
  ]);
  const agent = new Agent({ model, tools: many, toolSearch: { always: ["weather"], top: 2 }, plan: true });
  expect(await agent.chat("Bill Ada.")).toBe("Done.");
  expect(names(model, 0)).toEqual(["weather", "plan", "find_tools"]);
  expect(names(model, 1)).toEqual(["weather", "plan", "find_tools", "create_invoice"]);
  expect(names(model, 3)).toEqual(["weather", "plan", "find_tools", "create_invoice", "sendMail"]);
  expect(JSON.stringify(model.requests[2]?.messages)).toContain("create_invoice ran");
});

test("what was found in an earlier turn is still seen, in another process too", async () => {
  const memory = bufferMemory();
  const first = scripted([[call("1", "find_tools", { query: "forecast" })], ["Found."]]);
  await new Agent({ model: first, tools: many, toolSearch: true, memory }).chat("Find it.");
  const second = scripted([["Sunny."]]);
  await new Agent({ model: second, tools: many, toolSearch: true, memory }).chat("And?");
  expect(names(second, 0)).toEqual(["find_tools", "weather"]);
});

test("a search that finds nothing names what there is", async () => {
  const model = scripted([[call("1", "find_tools", { query: "zebra" })], ["No."]]);
  await new Agent({ model, tools: [make("weather", "The forecast.")], toolSearch: true }).chat("?");
  expect(JSON.stringify(model.requests[1]?.messages)).toContain('"names":["weather"]');
});

test("sources of tools are searched too", async () => {
  const model = scripted([[call("1", "find_tools", { query: "forecast" })], ["Found."]]);
  const source = { tools: async () => many };
  await new Agent({ model, tools: [source], toolSearch: true }).chat("?");
  expect(names(model, 1)).toEqual(["find_tools", "weather"]);
});

test("rare words count more than common ones, and names more than descriptions", () => {
  const definitions = many.map(({ definition }) => definition);
  const found = (question: string) => bestMatches(question, definitions, 3).map(({ name }) => name);
  expect(found("the thing that sends mails")[0]).toBe("sendMail");
  expect(found("number 7 thing")[0]).toBe("tool_7");
  expect(found("!?")).toEqual([]);
});

test("names of tools that there are not are refused when the agent is made", () => {
  const model = scripted([]);
  const tools = [make("weather", "x")];
  expect(() => new Agent({ model, tools, toolSearch: { always: ["wether"] } })).toThrow("toolSearch.always[0]");
  expect(() => new Agent({ model, tools, toolSearch: { tops: 1 } as never })).toThrow("did you mean top?");
  expect(() => new Agent({ model, tools, request: { toolChoice: { name: "wether" } } })).toThrow("toolChoice");
  const own = make("find_tools", "x");
  expect(() => new Agent({ model, tools: [own], toolSearch: true })).toThrow("a name that no other tool has");
});
