import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import stubs from "@dapr/dapr/proto/dapr/proto/runtime/v1/ai_pb.js";
import { describe, expect, it } from "vitest";
import {
  ConversationRequestAlpha2Schema,
  ConversationResponseAlpha2Schema,
} from "./generated/dapr/proto/runtime/v1/ai_pb.js";
import {
  ConversationStreamCompleteSchema,
  ConversationStreamResponseSchema,
  ConversationUsageSchema,
} from "./generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { Dapr } from "./generated/dapr/proto/runtime/v1/dapr_pb.js";

describe("the generated messages", () => {
  it("are read by the stubs of Dapr's own SDK", () => {
    const request = create(ConversationRequestAlpha2Schema, {
      name: "llm",
      contextId: "c1",
      toolChoice: "auto",
      inputs: [
        {
          scrubPii: true,
          messages: [
            { messageTypes: { case: "ofUser", value: { content: [{ text: "hi" }] } } },
            { messageTypes: { case: "ofTool", value: { toolId: "t", name: "n", content: [{ text: "x" }] } } },
          ],
        },
      ],
      tools: [{ toolTypes: { case: "function", value: { name: "f", parameters: { type: "object" } } } }],
      // The SDK does not know this field yet, and passes over it.
      maxTokens: 5n,
    });
    const read = stubs.ConversationRequestAlpha2.deserializeBinary(toBinary(ConversationRequestAlpha2Schema, request));
    expect(read.getName()).toBe("llm");
    expect(read.getContextId()).toBe("c1");
    const [input] = read.getInputsList();
    expect(input?.getScrubPii()).toBe(true);
    expect(input?.getMessagesList()[0]?.getOfUser()?.getContentList()[0]?.getText()).toBe("hi");
    expect(input?.getMessagesList()[1]?.getOfTool()?.getToolId()).toBe("t");
    expect(read.getToolsList()[0]?.getFunction()?.getName()).toBe("f");
  });

  it("read what the stubs of Dapr's own SDK write", () => {
    const message = new stubs.ConversationResultMessage();
    message.setContent("hello");
    const choice = new stubs.ConversationResultChoices();
    choice.setFinishReason("stop");
    choice.setMessage(message);
    const output = new stubs.ConversationResultAlpha2();
    output.setChoicesList([choice]);
    const response = new stubs.ConversationResponseAlpha2();
    response.setContextId("c1");
    response.setOutputsList([output]);
    const read = fromBinary(ConversationResponseAlpha2Schema, response.serializeBinary());
    expect(read.contextId).toBe("c1");
    expect(read.outputs[0]?.choices[0]).toMatchObject({ finishReason: "stop", message: { content: "hello" } });
  });

  it("have the field numbers of the streaming SDK", () => {
    const numbers = (schema: { fields: readonly { name: string; number: number }[] }) =>
      Object.fromEntries(schema.fields.map(({ name, number }) => [name, number]));
    expect(numbers(ConversationStreamResponseSchema)).toEqual({ chunk: 1, complete: 2 });
    expect(numbers(ConversationStreamCompleteSchema)).toEqual({ contextID: 1, usage: 2 });
    expect(numbers(ConversationUsageSchema)).toEqual({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 });
  });

  it("stream under the name of Dapr's own service", () => {
    expect(Dapr.typeName).toBe("dapr.proto.runtime.v1.Dapr");
    expect(Dapr.method.converseStreamAlpha1.methodKind).toBe("server_streaming");
    expect(Dapr.method.converseStreamAlpha2.methodKind).toBe("server_streaming");
    expect(Dapr.method.converseAlpha2.methodKind).toBe("unary");
  });
});
