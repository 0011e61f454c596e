import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";

/** A model that echoes, and one whose tool waits for approval. */
export const models = {
  echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }),
  clerk: withTools(
    defineModel({
      id: "clerk",
      *stream({ messages }) {
        if (messages.some(({ role }) => role === "tool")) yield "Done.";
        else yield { type: "tool-call", callId: "call_1", name: "pay", input: {} };
      },
    }),
    [tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" })],
  ),
};
