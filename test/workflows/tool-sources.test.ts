import { expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { scripted } from "../../src/models/scripted.js";
import { tool } from "../../src/tools/tool.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";

/** A step that may call tools of the program and of a source, such as an MCP server; what ran, and what the model was sent. */
function calling(config: JsonObject) {
  const ran: string[] = [];
  const made = (name: string) => tool({ name, input: { type: "object" }, run: () => `${ran.push(name)}` });
  const model = scripted([[{ type: "tool-call", callId: "a", name: "remove", input: {} }], ["Done."]]);
  const document = { name: "tidy", steps: [{ id: "do", type: "tool_call", config, inputs: { message: "Tidy up" } }] };
  const source = { tools: async () => [made("look"), made("remove")] };
  const run = async () => {
    const workflow = await loadWorkflow(document, { model, tools: [made("own"), source] });
    return workflow.run().result;
  };
  return { run, ran, offered: () => model.requests[0]?.tools?.map((one) => ("name" in one ? one.name : "")) };
}

test("a step that names its tools offers no others of a source, and does not run them", async () => {
  const { run, ran, offered } = calling({ tools: ["own", "look"] });
  await run();
  expect(offered()).toEqual(["own", "look"]);
  expect(ran).toEqual([]);
});

test("a name that no tool of a source has fails the step, with what there is", async () => {
  const { run } = calling({ tools: ["own", "remov"] });
  await expect(run()).rejects.toThrow('there is no tool "remov"; did you mean remove?');
});

test("tools of a source are not run where the step says that none are", async () => {
  const { run, ran } = calling({ auto_execute: false });
  await run();
  expect(ran).toEqual([]);
});
