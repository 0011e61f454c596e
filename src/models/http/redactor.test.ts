import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { refuse, whole } from "../../../test/faults/behaviours.js";
import { modelAt, REQUEST } from "../../../test/faults/chat-answer.js";
import { FaultServer } from "../../../test/faults/fault-server.js";
import type { WireEvent } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import { errorToJson } from "../../stream/error-json.js";
import { fetchTransport } from "./fetch-transport.js";
import { Redactor } from "./redactor.js";

const KEY = "tenant-0123456789abcdef";
const HEADERS = { "x-tenant": KEY, "ocp-apim-subscription-key": "0123456789abcdef0123" };

let server: FaultServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function failure(
  ...behaviours: Parameters<typeof FaultServer.start>
): Promise<{ error: SluiceError; wire: string }> {
  server = await FaultServer.start(...behaviours);
  const events: WireEvent[] = [];
  const model = modelAt(server, { headers: HEADERS, query: { code: KEY }, retry: { retries: 1, baseDelayMs: 0 } });
  const stream = model.stream(REQUEST, { onWire: (event) => events.push(event) });
  const error = await stream.fullText.catch((thrown: unknown) => thrown);
  if (!(error instanceof SluiceError)) throw new Error("it did not fail");
  const wire = JSON.stringify(events.map((event) => ("error" in event ? errorToJson(event.error) : event)));
  return { error, wire };
}

describe("a key of a call", () => {
  it("that a provider echoes is masked in the error, in its causes and in what is watched", async () => {
    const body = {
      error: { message: `bad key ${KEY}`, code: KEY, given: { header: HEADERS["ocp-apim-subscription-key"] } },
    };
    const { error, wire } = await failure(refuse(500, body), refuse(401, body));
    const said = `${JSON.stringify(errorToJson(error))}${error.stack}${wire}`;
    for (const secret of Object.values(HEADERS)) expect(said).not.toContain(secret);
    expect(error).toMatchObject({ code: "authentication", providerMessage: "bad key te…ef" });
  });

  it("that stands in an answer's location, or in a stream that is cut anywhere, is masked", async () => {
    const moved = await failure(refuse(302, {}, { location: `https://a.test/?code=${KEY}&x=${KEY}` }));
    expect(moved.error.message).not.toContain(KEY);
    expect(moved.wire).not.toContain(KEY);
    await server?.stop();
    const pieces = [...`data: {"error":{"message":"${KEY}"}}\n\n`];
    const { wire } = await failure(whole(pieces));
    expect(wire).not.toContain(KEY);
    expect(wire.replaceAll(/"\},\{"type":"body","id":"[^"]*","text":"/g, "")).toContain("te…ef");
  });

  it("that no header can carry is not in the error", async () => {
    const key = `${KEY}\n`;
    const model = modelAt("http://127.0.0.1:9", {
      headers: { authorization: `Bearer ${key}` },
      transport: fetchTransport(),
    });
    const error = await model.stream(REQUEST).fullText.catch((thrown: unknown) => thrown);
    const { message, cause, stack } = error as SluiceError;
    expect(`${message} ${cause instanceof Error ? cause.message + cause.stack : ""} ${stack}`).not.toContain(KEY);
  });

  it("is masked in pieces as it is in the whole", () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "tenant-", KEY, KEY.slice(0, 9), " ")),
        fc.array(fc.nat(80)),
        (words, cuts) => {
          const redactor = new Redactor({ url: "https://a.test/", headers: { "x-key": KEY } });
          const text = words.join("");
          const at = [...new Set(cuts.map((cut) => (text === "" ? 0 : cut % text.length)))].sort((a, b) => a - b);
          const pieces = redactor.pieces();
          const said = [0, ...at]
            .map((from, index) => pieces.push(text.slice(from, at[index] ?? text.length)))
            .join("");
          expect(said + pieces.end()).toBe(redactor.text(text));
        },
      ),
      { numRuns: 100 },
    ));
});
