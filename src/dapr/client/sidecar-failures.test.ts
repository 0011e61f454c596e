import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { at, DaprWorld, failure, PROTOCOLS } from "../../../test/support/dapr-world.js";
import { deferred } from "../../../test/support/deferred.js";
import type { StreamedChunk } from "../../../test/support/fake-daprd.js";
import type { Notice } from "../resources/notice.js";
import { STREAMING_FEATURE } from "../sidecar/sidecar-metadata.js";

const world = new DaprWorld();

describe.each(PROTOCOLS)("a plain daprd over %s", (protocol) => {
  const name = protocol === "http" ? "HTTP" : "gRPC";

  test("that promises to stream and does not is asked whole, before any output", async () => {
    const server = await world.daprd({ features: [STREAMING_FEATURE] });
    const notices: Notice[] = [];
    const dapr = world.client({ ...at(protocol, server), log: (notice) => notices.push(notice) });
    const chunks = await collect(dapr.generate({ messages: "x", stream: true }));
    expect(chunks[0]).toMatchObject({ type: "start", data: { simulated: true } });
    expect(chunks.filter(({ type }) => type === "content")).toEqual([{ type: "content", data: "x" }]);
    expect(notices).toContainEqual({
      level: "warning",
      message: expect.stringMatching(`echo, streamed over ${name}, failed: `),
    });
  });

  test("whose stream fails before it says anything is asked whole; after that nothing is emitted again", async () => {
    const heard = deferred();
    let says: StreamedChunk[] = [{ responseType: { case: "start", value: { id: "a", simulated: false } } }];
    const server = await world.daprd({
      features: [STREAMING_FEATURE],
      stream: async function* () {
        yield* says;
        if (says.length > 1) await heard.promise;
        throw new ConnectError("the model fell over", Code.Internal);
      },
    });
    const dapr = world.client({ ...at(protocol, server), retry: { retries: 0 } });
    const chunks = await collect(dapr.generate({ messages: "x", stream: true }));
    expect(chunks.filter(({ type }) => type === "start")).toHaveLength(1);
    expect(chunks).toContainEqual({ type: "final_content", data: "x" });
    const asked = server.requests.length;

    says = [...says, { responseType: { case: "text", value: { content: "Right" } } }];
    const said: string[] = [];
    const error = await failure(async () => {
      for await (const chunk of dapr.generate({ messages: "x", stream: true })) {
        if (chunk.type !== "content") continue;
        said.push(chunk.data);
        heard.resolve();
      }
    });
    expect(said).toEqual(["Right"]);
    expect(error.partial?.text).toBe("Right");
    expect(server.requests.length - asked).toBe(1);
  });

  test("that ends a stream before it is complete has not answered", async () => {
    const server = await world.daprd({
      features: [STREAMING_FEATURE],
      stream: async function* () {
        yield { responseType: { case: "text", value: { content: "Right" } } };
      },
    });
    const dapr = world.client(at(protocol, server));
    const error = await failure(() => collect(dapr.generate({ messages: "x", stream: true })));
    expect(error).toMatchObject({ code: "truncated", partial: { text: "Right" } });
  });

  test("whose connection breaks in mid-answer has not answered", async () => {
    const server = await world.daprd({
      features: [STREAMING_FEATURE],
      stream: async function* (_, signal) {
        yield { responseType: { case: "text", value: { content: "Right" } } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      },
    });
    const dapr = world.client(at(protocol, server));
    const error = await failure(async () => {
      for await (const chunk of dapr.generate({ messages: "x", stream: true })) {
        if (chunk.type === "content") await server.stop();
      }
    });
    expect(error).toMatchObject({ code: "truncated", retryable: true, partial: { text: "Right" } });
    expect(server.requests).toHaveLength(1);
  });

  test("that fails is not asked again", async () => {
    const server = await world.daprd({
      answer: () => {
        throw new ConnectError(
          "failed conversing with component echo: quota exceeded: insufficient_quota",
          Code.Internal,
        );
      },
    });
    const dapr = world.client(at(protocol, server));
    const error = await failure(() => dapr.generate({ messages: "x" }));
    expect(error).toMatchObject({ code: "quota", providerCode: "ERR_CONVERSATION_INVOKE" });
    expect(server.requests).toHaveLength(1);
  });
});
