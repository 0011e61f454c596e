import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:http2";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { join } from "node:path";
import { create, fromJson, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { credentials, Client as GrpcJsClient } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { useSidecar } from "../../../test/support/use-sidecar.js";
import { ConversationRequestAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { ServerReflection } from "../proto/generated/grpc/reflection/v1/reflection_pb.js";

const OLLAMA = (endpoint: string) => `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: llm }
spec: { type: conversation.ollama, version: v1, metadata: [{ name: endpoint, value: "${endpoint}" }] }
`;

const { folder, grpc, running, start } = useSidecar();
const USER = (text: string) => ({ messages: [{ ofUser: { content: [{ text }] } }] });

describe("over gRPC", () => {
  test("both versions answer, whole and streamed", async () => {
    await start();
    const client = grpc();
    const one = await client.converseAlpha1({ name: "echo", contextID: "c1", inputs: [{ content: "hello" }] });
    expect(one).toMatchObject({ contextID: "c1", outputs: [{ result: "hello" }] });
    const inputs = [
      { messages: [{ messageTypes: { case: "ofUser" as const, value: { content: [{ text: "one two" }] } } }] },
    ];
    const two = await client.converseAlpha2({ name: "echo", inputs });
    expect(two.outputs[0]?.choices[0]?.message?.content).toBe("one two");
    const chunks = await collect(client.converseStreamAlpha1({ name: "echo", inputs: [{ content: "one two" }] }));
    expect(
      chunks.map(({ responseType }) => (responseType.case === "chunk" ? responseType.value.content : "")).join(""),
    ).toBe("one two");
    expect(chunks.at(-1)?.responseType.case).toBe("complete");
    const events = await collect(client.converseStreamAlpha2({ name: "echo", inputs }));
    expect(events[0]?.responseType.case).toBe("start");
    expect(events.at(-1)?.responseType).toMatchObject({ case: "complete", value: { finishReason: "stop" } });
  });

  test("errors have their status and message", async () => {
    await start();
    const error = await grpc()
      .converseAlpha2({ name: "nope" })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConnectError);
    expect([error.code, error.rawMessage]).toEqual([3, "failed finding conversation component nope"]);
    const unknown = await grpc()
      .getState({ storeName: "s", key: "k" })
      .catch((thrown) => thrown);
    expect([unknown.code, unknown.rawMessage]).toEqual([12, expect.stringContaining("--upstream")]);
  });

  test("clients of grpc-js read the messages as they are", async () => {
    await start();
    const client = new GrpcJsClient(`127.0.0.1:${running().grpcPort}`, credentials.createInsecure());
    const detailsOf = (method: string, name: string) =>
      new Promise((resolve) => {
        const bytes = toBinary(ConversationRequestAlpha2Schema, create(ConversationRequestAlpha2Schema, { name }));
        const same = (value: Buffer) => value;
        const path = `/dapr.proto.runtime.v1.Dapr/${method}`;
        client.makeUnaryRequest(path, same, same, Buffer.from(bytes), (error) => resolve(error?.details));
      });
    expect(await detailsOf("ConverseAlpha2", "echo")).toBe(
      "failed conversing with component echo: missing inputs in request",
    );
    const name = "a/b, 100%ü😀";
    expect(await detailsOf("ConverseAlpha2", name)).toBe(`failed finding conversation component ${name}`);
    expect(await detailsOf("GetState", "")).toMatch(/^\/dapr.proto.runtime.v1.Dapr\/GetState: this sidecar answers/);
    client.close();
  });

  test.each(["ConverseAlpha2", "ConverseStreamAlpha2"])("%s whose deadline passes says so itself", async (method) => {
    const silent = createTcp(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await writeFile(join(folder.path, "llm.yaml"), OLLAMA(`http://127.0.0.1:${port}`));
    await start();
    const session = connect(`http://127.0.0.1:${running().grpcPort}`);
    const stream = session.request({
      ":method": "POST",
      ":path": `/dapr.proto.runtime.v1.Dapr/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": "50m",
    });
    const message = toBinary(
      ConversationRequestAlpha2Schema,
      fromJson(ConversationRequestAlpha2Schema, { name: "llm", inputs: [USER("one two three")] }),
    );
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
    const [trailers] = await once(stream.resume(), "trailers");
    session.destroy();
    silent.close();
    expect(trailers["grpc-status"]).toBe(String(Code.DeadlineExceeded));
  });

  test("reflection lists the service and gives its file with all imports", async () => {
    await start();
    const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${running().grpcPort}` });
    async function* asked() {
      yield { host: "", messageRequest: { case: "listServices" as const, value: "" } };
      yield {
        host: "",
        messageRequest: {
          case: "fileContainingSymbol" as const,
          value: "dapr.proto.runtime.v1.Dapr.ConverseStreamAlpha2",
        },
      };
      yield { host: "", messageRequest: { case: "fileByFilename" as const, value: "nope.proto" } };
    }
    const answers = await collect(createClient(ServerReflection, transport).serverReflectionInfo(asked()));
    expect(answers.map(({ messageResponse }) => messageResponse.case)).toEqual([
      "listServicesResponse",
      "fileDescriptorResponse",
      "errorResponse",
    ]);
    const listed = answers[0]?.messageResponse;
    expect(listed?.case === "listServicesResponse" && listed.value.service.map(({ name }) => name)).toContain(
      "dapr.proto.runtime.v1.Dapr",
    );
  });
});
