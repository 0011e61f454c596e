import { afterEach, describe, expect, it, vi } from "vitest";
import { refuse, whole } from "../../../test/faults/behaviours.js";
import { FRAMES, modelAt, REQUEST, TEXT } from "../../../test/faults/chat-answer.js";
import { FaultServer } from "../../../test/faults/fault-server.js";
import type { WireEvent } from "../../stream/chat-model.js";
import { maskSecret } from "./mask-secret.js";
import { maskHeaders, maskUrl, secretsOf } from "./mask-secrets.js";

const KEY = "sk-proj-0123456789abcdef";

describe("a secret", () => {
  it.each([
    ["", "…"],
    ["short", "…"],
    ["fifteen-letters", "…"],
    [KEY, "sk…ef"],
  ])("%j is shown as %j", (secret, shown) => {
    expect(maskSecret(secret)).toBe(shown);
  });

  it("in a header is masked, and nothing else is", () => {
    const open = { accept: "*/*", "openai-organization": "org-1", "x-ratelimit-remaining-tokens": "12" };
    const masked = maskHeaders({
      ...open,
      Authorization: `Bearer ${KEY}`,
      "proxy-authorization": "Basic YWRhOnNlY3JldA==",
      "api-key": KEY,
      "x-api-key": KEY,
      "x-goog-api-key": KEY,
      cookie: `session=${KEY}`,
      "set-cookie": `session=${KEY}; path=/`,
      "x-amz-security-token": KEY,
      "ocp-apim-subscription-key": KEY,
      "helicone-auth": `Bearer ${KEY}`,
      "x-functions-key": KEY,
      location: `https://a.test/?api_key=${KEY}`,
    });
    expect(masked).toEqual({
      ...open,
      Authorization: "Bearer sk…ef",
      "proxy-authorization": "Basic YW…==",
      "api-key": "sk…ef",
      "x-api-key": "sk…ef",
      "x-goog-api-key": "sk…ef",
      cookie: "…",
      "set-cookie": "…",
      "x-amz-security-token": "sk…ef",
      "ocp-apim-subscription-key": "sk…ef",
      "helicone-auth": "Bearer sk…ef",
      "x-functions-key": "sk…ef",
      location: "https://a.test/?api_key=sk…ef",
    });
  });

  it("in a URL is masked, and nothing else is", () => {
    expect(maskUrl(`https://a.test/v1?alt=sse&key=${KEY}&x=1`)).toBe("https://a.test/v1?alt=sse&key=sk…ef&x=1");
    expect(maskUrl(`https://ada:${KEY}@proxy.test:8080/`)).toBe("https://…@proxy.test:8080/");
    for (const name of [
      "code",
      "client_secret",
      "subscription-key",
      "X-Amz-Signature",
      "sig",
      "accessToken",
      "sessionid",
      "otp",
      "code_verifier",
      "appid",
      "%6bey",
      "key[]",
      "ticket",
    ]) {
      expect(maskUrl(`https://a.test/v1?${name}=${KEY}`)).toBe(`https://a.test/v1?${name}=sk…ef`);
    }
    expect(maskUrl(`//ada:${KEY}@proxy.test`)).toBe("//…@proxy.test");
    expect(maskUrl("https://a.test/v1?keyboard=qwerty")).toBe("https://a.test/v1?keyboard=qwerty");
  });
});

it.each([
  ...["authentication", "x-passphrase", "x-pass", "x-sas", "mcp-session-id", "x-hub-signature-256"],
  ...["x-ms-authorization-auxiliary", "cf-access-client-secret", "x-vault-token", "langfuse-secret-key"],
])("the header %s is a secret, also where the other side repeats it", (name) => {
  expect(maskHeaders({ [name]: KEY })).toEqual({ [name]: "sk…ef" });
  expect(secretsOf("https://a.test/", { [name]: KEY })).toContain(KEY);
});

describe("the wire log", () => {
  let server: FaultServer | undefined;

  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    await server?.stop();
    server = undefined;
  });

  async function call(onWire?: (event: WireEvent) => void): Promise<void> {
    const limited = refuse(429, { error: { message: "wait" } }, { "retry-after-ms": "1", "set-cookie": `a=${KEY}` });
    server = await FaultServer.start(limited, whole(FRAMES));
    const model = modelAt(server, { headers: { authorization: `Bearer ${KEY}` }, query: { key: KEY } });
    expect(await model.stream(REQUEST, onWire ? { onWire } : {}).fullText).toBe(TEXT);
  }

  it("tells of everything that is sent and received, in order", async () => {
    const events: WireEvent[] = [];
    await call((event) => events.push(event));
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 5)).toEqual(["request", "response", "body", "retry", "request"]);
    expect(types.at(-1)).toBe("end");
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
    const bodies = events.slice(5).flatMap((event) => (event.type === "body" ? [event.text] : []));
    expect(bodies.join("")).toBe(FRAMES.join(""));
    expect(events[0]).toMatchObject({ attempt: 1, method: "POST", headers: { authorization: "Bearer sk…ef" } });
    expect(events[3]).toMatchObject({ attempt: 2, delayMs: 1, error: { code: "rate-limited" } });
    expect(events[4]).toMatchObject({ attempt: 2 });
    expect(JSON.stringify(events)).not.toContain(KEY);
    expect(server?.received[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it("tells of the error that ends a call, once", async () => {
    server = await FaultServer.start(refuse(400, { error: { message: "no" } }));
    const events: WireEvent[] = [];
    const stream = modelAt(server).stream(REQUEST, { onWire: (event) => events.push(event) });
    await expect(stream.fullText).rejects.toMatchObject({ code: "rejected" });
    expect(events.filter(({ type }) => type === "error")).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "rejected" } });
  });

  it("does not break the call when its watcher throws, and does not hide it", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    await call(({ type }) => {
      if (type === "end") throw new Error("a watcher's own");
    });
    expect(warn.mock.calls).toEqual([["onWire threw: a watcher's own", "SluiceWarning"]]);
  });

  it("goes to stderr, an object a line, when SLUICE_LOG says so", async () => {
    vi.stubEnv("SLUICE_LOG", "debug");
    const lines: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    await call();
    vi.restoreAllMocks();
    expect(lines.length).toBeGreaterThan(5);
    const events = lines.map((line) => JSON.parse(/^sluice (.*)\n$/.exec(line)?.[1] ?? "null") as WireEvent);
    expect(events[0]?.type).toBe("request");
    expect(events[3]).toMatchObject({ type: "retry", error: { code: "rate-limited", status: 429 } });
    expect(lines.join("")).not.toContain(KEY);
  });
});
