import { expect, test } from "vitest";
import { collect } from "../../test/support/collect.js";
import { scripted } from "../models/scripted.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { BrokenArguments } from "./read-arguments.js";
import { tool } from "./tool.js";
import { withTools } from "./with-tools.js";

const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const broken: ChatEvent = { type: "tool-call", callId: "c", name: "weather", input: "{city: 'Oslo'", invalid: true };
const unfit: ChatEvent = { type: "tool-call", callId: "d", name: "weather", input: { town: "Rome" } };

async function results(repairArguments?: (broken: BrokenArguments) => { city: string } | { town: string } | undefined) {
  const asked: string[] = [];
  const weather = tool({ name: "weather", input: schema, run: (input) => void asked.push(JSON.stringify(input)) });
  const model = scripted([[broken, unfit], ["Done."]]);
  const events = await collect(
    withTools(model, [weather], repairArguments && { repairArguments }).stream({
      messages: [{ role: "user", content: "Hi" }],
    }),
  );
  return { asked, failed: events.filter((event) => event.type === "tool-result" && event.isError) };
}

test("arguments that are broken are repaired where somebody can, and then the tool runs", async () => {
  const seen: string[] = [];
  const { asked, failed } = await results(({ call, problem, tool: definition }) => {
    seen.push(`${definition.name}: ${problem}`);
    return { city: call.invalid ? "Oslo" : "Rome" };
  });
  expect(asked.sort()).toEqual(['{"city":"Oslo"}', '{"city":"Rome"}']);
  expect(failed).toEqual([]);
  expect(seen[0]).toMatch(/^weather: The arguments of weather are not valid JSON/);
  expect(seen[1]).toMatch(/city/);
});

test.each([
  ["nobody repairs", undefined],
  ["cannot be repaired", () => undefined],
  ["are repaired to what does not fit either", () => ({ town: "Oslo" })],
])("arguments that %s are errors for the model", async (_, repair) => {
  const { asked, failed } = await results(repair);
  expect(asked).toEqual([]);
  expect(failed).toHaveLength(2);
});
