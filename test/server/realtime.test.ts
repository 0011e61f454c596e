import { once } from "node:events";
import OpenAI from "openai";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { SluiceError } from "../../src/stream/error.js";
import { textOf } from "../../src/stream/message.js";
import { TestVoice } from "../speech/test-voice.js";
import { deferred } from "../support/deferred.js";
import { beginSession, bytesOf, RealtimeClient } from "./realtime-client.js";
import { serve } from "./serve.js";

describe("the Realtime protocol, with OpenAI's own client", () => {
  it("answers text with text", async () => {
    const client = await beginSession(scripted([["Hello ", "there."]]));
    const { session } = await client.next("session.created");
    expect(session).toMatchObject({ type: "realtime", model: "model", output_modalities: ["audio"] });
    client.send({
      type: "session.update",
      session: { type: "realtime", output_modalities: ["text"], instructions: "Be brief." },
    });
    expect((await client.next("session.updated")).session).toMatchObject({
      output_modalities: ["text"],
      instructions: "Be brief.",
    });
    client.say("Hi");
    client.send({ type: "response.create" });
    const { response } = await client.next("response.done");
    expect(response).toMatchObject({
      status: "completed",
      output: [{ content: [{ type: "output_text", text: "Hello there." }] }],
    });
    expect(client.types().slice(2)).toEqual([
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "conversation.item.done",
      "response.done",
    ]);
  });

  it("lets the client run its functions", async () => {
    const call = { type: "tool-call", callId: "c1", name: "weather", input: { city: "Rome" } } as const;
    const model = scripted([[call], ["Sunny."]]);
    const client = await beginSession(model);
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    client.send({
      type: "session.update",
      session: {
        type: "realtime",
        output_modalities: ["text"],
        tools: [{ type: "function", name: "weather", description: "d", parameters }],
      },
    });
    client.say("Weather?");
    client.send({ type: "response.create" });
    const done = await client.next("response.function_call_arguments.done");
    expect(done).toMatchObject({ call_id: "c1", name: "weather", arguments: '{"city":"Rome"}' });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "completed",
      output: [{ type: "function_call" }],
    });
    client.send({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: "c1", output: "sunny" },
    });
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response.output).toMatchObject([{ content: [{ text: "Sunny." }] }]);
    expect(model.requests[0]?.tools).toMatchObject([{ name: "weather", inputSchema: parameters }]);
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool"]);
  });

  it("cancels a response, and makes the next", async () => {
    const left = deferred();
    const model = defineModel({
      id: "endless",
      async *stream(request, { signal }) {
        signal.addEventListener("abort", () => left.resolve());
        for (let count = 0; count < (request.messages.length === 1 ? 100_000 : 1); count++) {
          yield "word ";
          await new Promise(setImmediate);
        }
      },
    });
    const client = await beginSession(model);
    client.send({ type: "response.cancel" });
    expect((await client.next("error")).error.code).toBe("response_cancel_not_active");
    client.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
    client.say("Go.");
    client.send({ type: "response.create" });
    await client.next("response.output_text.delta");
    client.send({ type: "response.create" });
    expect((await client.next("error")).error.code).toBe("conversation_already_has_active_response");
    client.send({ type: "response.cancel" });
    client.say("Again.");
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "cancelled",
      status_details: { reason: "client_cancelled" },
    });
    await left.promise;
    expect((await client.next("response.done")).response).toMatchObject({ status: "completed" });
  });

  it("makes a response out of band, from its own input", async () => {
    const model = scripted([["Aside."], ["Yes."]]);
    const client = await beginSession(model);
    client.say("Hi");
    client.send({
      type: "response.create",
      response: {
        conversation: "none",
        output_modalities: ["text"],
        metadata: { topic: "a" },
        input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Classify." }] }],
      },
    });
    const { response } = await client.next("response.done");
    expect(response).toMatchObject({ conversation_id: null, metadata: { topic: "a" } });
    client.send({ type: "response.create", response: { output_modalities: ["text"] } });
    await client.next("response.done");
    expect(model.requests.map(({ messages }) => messages.map(textOf))).toEqual([["Classify."], ["Hi"]]);
  });

  it("says what failed, and goes on", async () => {
    const model = scripted([["Hello "], ["Fine."]]);
    let calls = 0;
    const failing: ChatModel = {
      ...model,
      id: "failing",
      stream(request, options) {
        if (calls++ === 0) throw new SluiceError("overloaded", "too much", { status: 529 });
        return model.stream(request, options);
      },
    };
    const client = await beginSession(failing, {
      voice: new TestVoice({
        fail: (text) => (text === "Hello" ? new SluiceError("rejected", "no such voice") : undefined),
      }),
    });
    client.say("Hi");
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "failed",
      status_details: { error: { code: "overloaded" } },
    });
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response).toMatchObject({
      status: "failed",
      status_details: { error: { code: "rejected" } },
    });
    client.send({ type: "response.create" });
    expect((await client.next("response.done")).response.status).toBe("completed");
  });

  it("refuses what it does not know, naming it, and stays open", async () => {
    const client = await beginSession(scripted([["Yes."]]));
    client.send(
      JSON.parse('{"type":"session.update","event_id":"e1","session":{"type":"realtime","modalities":["text"]}}'),
    );
    expect((await client.next("error")).error).toMatchObject({
      type: "invalid_request_error",
      event_id: "e1",
      param: "session.modalities",
    });
    client.send(JSON.parse('{"type":"session.updat"}'));
    expect((await client.next("error")).error.message).toContain("session.updat");
    client.send({ type: "session.update", session: { type: "realtime", audio: { output: { voice: "nobody" } } } });
    expect((await client.next("error")).error.message).toContain("nobody");
    client.send({
      type: "session.update",
      session: { type: "realtime", audio: { output: { voice: "marin", format: { type: "audio/pcmu" } } } },
    });
    expect((await client.next("session.updated")).session).toMatchObject({
      audio: { output: { voice: "test/voice", format: { type: "audio/pcmu" } } },
    });
    client.send({ type: "input_audio_buffer.append", audio: "AAAA" });
    expect((await client.next("error")).error.message).toContain("text only");
    client.say("Hi");
    client.send({ type: "response.create" });
    await client.next("response.done");
    // A byte a sample, at 8,000 a second: "Yes." is 200 ms.
    expect(bytesOf(client.events)).toBe(1_600);
  });

  it("lets in who has the key, also where a browser offers it, and ends what lasts too long", async () => {
    const options = { models: { model: scripted([["Hi."]]) }, token: "secret" };
    const serving = await serve({
      ...options,
      realtime: { voice: new TestVoice(), transcriber: false, maxSessionMs: 1_000 },
    });
    onTestFinished(() => serving.close());
    const address = `${serving.url.replace("http", "ws")}/v1/realtime?model=model`;
    const refused = new WebSocket(address);
    const [, response] = await once(refused, "unexpected-response");
    expect(response.statusCode).toBe(401);
    refused.on("error", () => {});
    const offered = new WebSocket(address, ["realtime", "openai-insecure-api-key.secret"]);
    await once(offered, "open");
    expect(offered.protocol).toBe("realtime");
    offered.close();
    const client = new RealtimeClient(serving, "model", "secret");
    expect((await client.next("error")).error.code).toBe("session_expired");
    const unknown = new RealtimeClient(serving, "nobody", "secret");
    expect((await unknown.next("error")).error.code).toBe("unknown-model");
  });

  it("gives browsers keys for sessions of one kind, which begin sessions until they expire and do nothing else", async () => {
    const serving = await serve({
      models: { model: scripted([["Ahoy."]]) },
      token: "secret",
      realtime: { voice: new TestVoice(), transcriber: false },
    });
    onTestFinished(() => serving.close());
    const openai = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: "secret" });
    const made = await openai.realtime.clientSecrets.create({
      expires_after: { anchor: "created_at", seconds: 60 },
      session: { type: "realtime", instructions: "Be a sailor.", output_modalities: ["text"] },
    });
    expect(made).toMatchObject({
      value: expect.stringMatching(/^ek_/),
      expires_at: expect.any(Number),
      session: { type: "realtime", model: "model", instructions: "Be a sailor.", output_modalities: ["text"] },
    });
    const client = new RealtimeClient(serving, "model", made.value);
    expect((await client.next("session.created")).session).toMatchObject({ instructions: "Be a sailor." });
    client.say("Hi");
    client.send({ type: "response.create" });
    expect((await client.next("response.output_text.done")).text).toBe("Ahoy.");
    const other = await fetch(`${serving.url}/v1/models`, { headers: { authorization: `Bearer ${made.value}` } });
    expect(other.status).toBe(401);
    const address = `${serving.url.replace("http", "ws")}/v1/realtime`;
    const refused = new WebSocket(address, ["realtime", "openai-insecure-api-key.ek_0"]);
    refused.on("error", () => {});
    expect((await once(refused, "unexpected-response"))[1].statusCode).toBe(401);
    // @ts-expect-error: not a number of seconds that is allowed
    const wrong = openai.realtime.clientSecrets.create({ expires_after: { seconds: "x" } });
    await expect(wrong).rejects.toMatchObject({ status: 400 });
    const misspelt = { session: { type: "realtime" as const, instruction: "x" } };
    await expect(openai.realtime.clientSecrets.create(misspelt)).rejects.toMatchObject({ status: 400 });
    const webRtc = await fetch(`${serving.url}/v1/realtime/calls`, {
      method: "POST",
      headers: { authorization: "Bearer secret", "content-type": "application/sdp" },
      body: "v=0",
    });
    expect([webRtc.status, await webRtc.text()]).toEqual([501, expect.stringContaining("connect by WebSocket")]);
  });
});
