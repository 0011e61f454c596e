import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../../../test/laws/model-laws.js";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { collectAnswer } from "../converse/converse-answer.js";
import { chatRequestOf } from "../converse/converse-call.js";
import { readProtoJson, writeProtoJson } from "../converse/proto-json.js";
import { readAlpha1Request } from "../converse/read-alpha1-request.js";
import { readAlpha2Request } from "../converse/read-alpha2-request.js";
import { writeAlpha1Response, writeAlpha2Response } from "../converse/write-response.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { daprEcho } from "./dapr-echo.js";

const echo = daprEcho({ pauseMs: 0 });

/** What echo answers to a body of the Alpha2 API. */
async function converse(body: object, options = {}): Promise<unknown> {
  const message = readProtoJson(ConversationRequestAlpha2Schema, JSON.stringify(body));
  const call = readAlpha2Request(message, () => true);
  const answer = await collectAnswer(echo.stream(chatRequestOf(call), options), call);
  return JSON.parse(
    writeProtoJson(ConversationResponseAlpha2Schema, writeAlpha2Response(answer, { call, zeroUsage: true })),
  );
}

const user = (...texts: string[]) => ({ ofUser: { content: texts.map((text) => ({ text })) } });
const ask = (...messages: object[]) => ({ inputs: [{ messages }] });

modelLaws("Dapr's echo", () => ({ model: daprEcho({ pauseMs: 0 }) }));

describe("the component conversation.echo", () => {
  it("answers the example of the documentation", async () => {
    const request = {
      contextId: "c1",
      inputs: [{ messages: [{ ofUser: { content: [{ text: "well hello there" }] } }] }],
      tools: [
        {
          function: {
            name: "test_function",
            description: "d",
            parameters: { type: "object", properties: { param1: { type: "string" } }, required: ["param1"] },
          },
        },
      ],
      toolChoice: "auto",
      temperature: 0.7,
    };
    const response = {
      contextId: "c1",
      outputs: [
        {
          choices: [
            {
              finishReason: "tool_calls",
              message: {
                content: "well hello there",
                toolCalls: [{ id: "0", function: { name: "test_function", arguments: "param1" } }],
              },
            },
          ],
          usage: { completionTokens: "3", promptTokens: "3", totalTokens: "6" },
        },
      ],
    };
    expect(await converse(request)).toEqual(response);
    expect(await converse(request, { streaming: false })).toEqual(response);
  });

  it("answers the example of Alpha1", async () => {
    const message = readProtoJson(ConversationRequestSchema, '{"inputs":[{"content":"well hello there"}]}');
    const call = readAlpha1Request(message, () => true);
    const answer = await collectAnswer(echo.stream(chatRequestOf(call)), call);
    const written = writeProtoJson(ConversationResponseSchema, writeAlpha1Response(answer, { call }));
    expect(written).toBe('{"outputs":[{"result":"well hello there"}]}');
  });

  it("joins all texts of all messages of all inputs", async () => {
    const body = {
      inputs: [
        { messages: [{ ofSystem: { content: [{ text: "be" }] } }, user("a", "", "b  c")] },
        { messages: [{ ofDeveloper: { content: [{ text: "d" }] } }, { ofAssistant: { content: [{ text: "e" }] } }] },
      ],
    };
    expect(await converse(body)).toEqual({
      outputs: [
        {
          choices: [{ finishReason: "stop", message: { content: "be\na\n\nb  c\nd\ne" } }],
          usage: { completionTokens: "6", promptTokens: "6", totalTokens: "12" },
        },
      ],
    });
  });

  it("calls each tool, and says the calls of the assistant again unchanged", async () => {
    const written = '{ "city" : "Oslo" }';
    const body = {
      ...ask(user("x"), {
        ofAssistant: {
          toolCalls: [
            { id: "call-7", function: { name: "old", arguments: written } },
            { function: { name: "no id", arguments: "no json" } },
          ],
        },
      }),
      tools: [
        { function: { name: "second", parameters: { properties: { "😀": {}, "\ue000": {}, b: {}, a: {}, C: {} } } } },
        { function: { name: "none" } },
        { function: { name: "number", parameters: { properties: { "1": {} } } } },
      ],
      toolChoice: "none",
    };
    expect(await converse(body)).toMatchObject({
      outputs: [
        {
          choices: [
            {
              finishReason: "tool_calls",
              message: {
                toolCalls: [
                  { id: "0", function: { name: "second", arguments: "C,a,b,\ue000,😀" } },
                  { id: "1", function: { name: "none" } },
                  { id: "2", function: { name: "number", arguments: "1" } },
                  { id: "call-7", function: { name: "old", arguments: written } },
                  { function: { name: "no id", arguments: "no json" } },
                ],
              },
            },
          ],
        },
      ],
    });
  });

  it("says what tools returned, with the id and the name that were given", async () => {
    const body = ask(
      { ofTool: { toolId: "t1", name: "weather", content: [{ text: "12°" }, { text: "rain" }] } },
      { ofTool: { content: [{ text: "x" }] } },
    );
    const { outputs } = (await converse(body)) as { outputs: { choices: { message: { content: string } }[] }[] };
    expect(outputs[0]?.choices[0]?.message.content).toBe(
      "Tool Response for tool ID 't1' with name 'weather': 12°\nTool Response for tool ID 't1' with name 'weather': rain\nTool Response for tool ID '' with name '': x",
    );
  });

  it("answers nothing to nothing", async () => {
    const nothing = { outputs: [{ choices: [{ finishReason: "stop", message: {} }], usage: {} }] };
    expect(await converse(ask(user("")))).toEqual(nothing);
    expect(await converse(ask())).toEqual(nothing);
    expect(await converse(ask(user()))).toEqual(nothing);
  });

  it.each([
    [[], "[]interface {}"],
    ["x", "string"],
    [null, "<nil>"],
    [1, "float64"],
  ])("refuses parameters whose properties are %j", async (properties, found) => {
    const body = { ...ask(user("x")), tools: [{ function: { name: "a", parameters: { properties } } }] };
    await expect(converse(body)).rejects.toThrow(`tool function properties must be a map[string]any, got ${found}`);
  });

  it("streams word by word at its pace", async () => {
    const clock = new ManualClock();
    const stream = daprEcho({ clock }).stream({ messages: [{ role: "user", content: " one two\n three " }] });
    const text = collect(stream.text);
    for (let i = 0; i < 3; i++) {
      await clock.timer(5);
      clock.advance(5);
    }
    expect(await text).toEqual([" one", " two", "\n three", " "]);
  });

  it("loses nothing of a text, however it is streamed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom("a", " ", "\n", "\u0085", "\u00a0", "\ufeff", "é", "😀") }),
        async (text) => {
          const request = { messages: [{ role: "user" as const, content: text }] };
          expect((await collect(echo.stream(request).text)).join("")).toBe(text);
          expect(await echo.stream(request, { streaming: false }).fullText).toBe(text);
        },
      ),
    );
  });
});
