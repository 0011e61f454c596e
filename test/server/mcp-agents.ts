import { defineModel } from "../../src/models/define-model.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";

/** Calls a tool, and says what it returned. */
const calling = (name: string, input: Record<string, string>) =>
  defineModel({
    id: name,
    *stream({ messages }) {
      const results = messages.flatMap((message) => (message.role === "tool" ? message.content : []));
      const result = results.find((part) => part.type === "tool-result");
      if (result !== undefined) yield `It said ${JSON.stringify(result.output)}.`;
      else {
        yield "Let me see. ";
        yield { type: "tool-call", callId: "call_1", name, input };
      }
    },
  });
/** Asks before it pays. */
export const clerk = withTools(calling("pay", { to: "Ada" }), [
  tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" }),
]);
/** Has a tool that asks for a city. */
export const asking = withTools(calling("ask", {}), [
  tool({
    name: "ask",
    input: { type: "object" },
    run: (_, { ask }) =>
      ask({ message: "Which city?", schema: { type: "object", properties: { city: { type: "string" } } } }),
  }),
]);
