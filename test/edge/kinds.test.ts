import { expect, test } from "vitest";
import * as agents from "../../src/agents/index.js";
import * as chat from "../../src/chat/index.js";
import * as dapr from "../../src/dapr/index.js";
import { openAiChat } from "../../src/dialects/index.js";
import * as guards from "../../src/guards/index.js";
import * as models from "../../src/models/index.js";
import { createServer } from "../../src/server/index.js";
import * as speech from "../../src/speech/index.js";
import { ChatStream, paced, SluiceError } from "../../src/stream/index.js";
import { JsonParser } from "../../src/structured/index.js";
import * as telemetry from "../../src/telemetry/index.js";
import * as tools from "../../src/tools/index.js";
import * as workflows from "../../src/workflows/index.js";
import { loose, make, type TakesOptions } from "./loose.js";

const m = models.echo();
const schema = { type: "object", properties: {} };
const answer = () => m.stream({ messages: [{ role: "user", content: "Hi" }] });
const source = { next: () => undefined, cancel() {} };
const agent = new agents.Agent({ name: "a", model: m });
const output = speech.pacedOutput({ write() {} });
const voice = { id: "quiet", format: { mediaType: "audio/pcm", sampleRate: 1 }, synthesize: async function* () {} };
const detector = { sampleRate: 16_000, frameBytes: 640, frameMs: 20, isSpeech: () => false, close() {} };
const talk = {
  ...{ agent: { stream: answer }, output, detector, speech: { voice } },
  input: (async function* () {})(),
  transcriber: { id: "t", transcribe: async () => "" },
};
const stored = {
  id: "1",
  parentId: null,
  message: { role: "user", content: "Hi" },
  createdAt: "now",
  status: "complete",
};
const change = { expectedVersion: 0, messages: [stored], head: "1" };
const sqlite = async (append: object) => {
  const store = await chat.SqliteStore.open(":memory:");
  try {
    return await store.append("a", append as never);
  } finally {
    await store.close();
  }
};

/** Doors, with settings of the wrong kind, and the field that the error has to name. */
const WRONG: readonly [door: string, give: TakesOptions, options: object, field: string][] = [
  ["ChatStream", make(ChatStream, source), { retain: "no" }, "retain"],
  ["ChatStream", make(ChatStream, source), { signal: {} }, "signal"],
  ["ChatStream, its source", make(ChatStream), {}, "source"],
  ["ChatStream.through", (stage) => answer().through(stage as never), {}, "stage"],
  ["SluiceError", make(SluiceError, "blocked", "x"), { status: "404" }, "details.status"],
  ["SluiceError", make(SluiceError, "blocked", "x"), { providerData: [] }, "details.providerData"],
  ["SluiceError, its code", (code) => new SluiceError(code as never, "x"), {}, "code"],
  ["runBatch", (o) => agents.runBatch(agent, [], o), { signal: {} }, "signal"],
  ["runBatch, the agent", (none) => agents.runBatch(none as never, []), {}, "agent"],
  ["stream", (o) => chat.stream(m, "Hi", o), { context: { budget: {} } }, "context.budget"],
  ["Agent.run", (o) => agent.run("Hi", o), { context: { budget: 7 } }, "context.budget"],
  [
    "Workflow.run",
    async (o) => (await workflows.loadWorkflow({ steps: [{ id: "a", type: "output" }] })).run(o),
    { context: { caller: 7 } },
    "options.context.caller",
  ],
  [
    "Workflow.run",
    async (o) => (await workflows.loadWorkflow({ steps: [{ id: "a", type: "output" }] })).run(o),
    { engine: {} },
    "options.engine",
  ],
  ["loadWorkflow", (o) => workflows.loadWorkflow({ steps: [] }, o), { tools: [{}] }, "options.tools[0]"],
  ["Agent", make(agents.Agent), { model: m, guards: guards.pii() }, "guards"],
  ["Agent", make(agents.Agent), { model: m, guards: null }, "guards"],
  ["StreamChatAgent", make(agents.StreamChatAgent, {}), { model: m, observability: true }, "observability"],
  ["StreamChatAgent", make(agents.StreamChatAgent, {}), { model: m, request: "x" }, "request"],
  ["observability", loose(agents.observability), { telemetry: { meter: {} } }, "telemetry.meter"],
  ["summaryMemory", loose(agents.summaryMemory), { model: m, store: 7 }, "store"],
  ["traced", (o) => telemetry.traced(m, o), { clock: {} }, "clock"],
  ["tool", loose(tools.tool), { name: "x", input: schema, output: 7 }, "output"],
  ["tool", loose(tools.tool), { name: "x", input: 7, inputJsonSchema: schema }, "input"],
  ["ToolOutput", make(tools.ToolOutput, 1), { opaque: { dialect: 7 } }, "opaque.dialect"],
  ["withTools", (o) => tools.withTools(m, [], o), { observe: {} }, "observe"],
  ["withTools", (o) => tools.withTools(m, [], o), { clock: {} }, "clock"],
  ["mcpTools", loose(tools.mcpTools), { url: "http://127.0.0.1:1", roots: [7] }, "roots[0]"],
  ["mcpTools", loose(tools.mcpTools), { url: "http://127.0.0.1:1", sampling: {} }, "sampling.model"],
  ["paced", loose(paced), { charactersPerSecond: 1, clock: {} }, "clock"],
  ["JsonParser", make(JsonParser), { watcher: { path: [true] } }, "watcher.path[0]"],
  ["defineGuard", loose(guards.defineGuard), { name: "x", check() {}, unit: null }, "unit"],
  ["toAiSdk", (o) => models.toAiSdk(m, o), { supportedUrls: { "image/*": ["https:"] } }, "supportedUrls.image/*[0]"],
  ["registerProvider", loose(models.registerProvider), { id: "x", dialect: openAiChat, auth: "basic" }, "auth"],
  ["route", (o) => models.route([m], o), { prices: { models: 7 } }, "prices.models"],
  ["say", (o) => speech.say(answer(), { voice, output, ...o }), { onEvent: 7 }, "onEvent"],
  ["say", (o) => speech.say(answer(), { voice, output, ...o }), { onHeard: {} }, "onHeard"],
  ["say", (o) => speech.say(answer(), { voice, output, ...o }), { output: { write() {} } }, "output"],
  ["speak", (o) => speech.speak(answer(), { voice, ...o }), { playback: {} }, "playback.playedMs"],
  ["pacedOutput", (o) => speech.pacedOutput({ write() {} }, o), { clock: {} }, "clock"],
  ["voiceChat", (o) => speech.voiceChat({ ...talk, ...o }), { onHeard: 7 }, "onHeard"],
  ["voiceChat", (o) => speech.voiceChat({ ...talk, ...o }), { utterances: { pauseMs: 1 } }, "utterances.pauseMs"],
  ["voiceChat", (o) => speech.voiceChat({ ...talk, ...o }), { speech: { voice, retries: -1 } }, "speech.retries"],
  ["Utterances, the detector", make(speech.Utterances), { isSpeech() {} }, "detector.sampleRate"],
  ["createServer", loose(createServer), { models: { m }, limits: { maxBodyBytes: "1" } }, "limits.maxBodyBytes"],
  ["createServer", loose(createServer), { models: { m }, limits: { maxConnections: 0 } }, "limits.maxConnections"],
  ["DaprStateStore", make(dapr.DaprStateStore, "s"), { prefix: 7 }, "prefix"],
  ["DaprStateStore", make(dapr.DaprStateStore, "s"), { env: null }, "env"],
  ["DaprChatClient", make(dapr.DaprChatClient), { resourcesPath: 7 }, "resourcesPath"],
  ["DaprChatClient", make(dapr.DaprChatClient), { store: {} }, "store"],
  ["DaprChatClient.model", (o) => new dapr.DaprChatClient({ env: {} }).model(o), { component: 7 }, "component"],
  [
    "DaprChatClient.generate",
    (o) => new dapr.DaprChatClient({ env: {} }).generate({ messages: "x", ...o }),
    { context: { runId: 7 } },
    "context.runId",
  ],
  ["PostgresStore, its address", (url) => chat.PostgresStore.open(url as never), {}, "url"],
  ["RedisStore, its address", (url) => chat.RedisStore.open(url as never), {}, "url"],
  ["SqliteStore, its path", (path) => chat.SqliteStore.open(path as never), {}, "path"],
  ["PostgresFacts, its address", (url) => agents.PostgresFacts.open(url as never), {}, "url"],
  ["DbosEngine, its address", (url) => workflows.DbosEngine.open(url as never), {}, "url"],
  [
    "MemoryStore.append",
    (o) => new chat.MemoryStore().append("a", o as never),
    { ...change, messages: [{}] },
    "change.messages[0].id",
  ],
  ["SqliteStore.append", sqlite, { ...change, expectedVersion: "0" }, "change.expectedVersion"],
  ["SqliteStore.append", sqlite, { ...change, titel: "x" }, "change.titel"],
];

test.each(WRONG)("%s refuses what is of the wrong kind: %#", async (_, give, options, field) => {
  const outcome = (async () => give(options))();
  await expect(outcome).rejects.toMatchObject({ name: "SluiceError", code: "invalid-argument", field });
});

/** Methods, with values of the wrong kind. */
const METHODS: readonly [method: string, call: (value: never) => unknown][] = [
  ["Conversation.search", (query) => new chat.Conversation({ model: m, store: new chat.MemoryStore() }).search(query)],
  ["Registry.find", (id) => new models.Registry().find(id)],
  ["StreamingStrategy.stream", (one) => new agents.StreamingStrategy().stream(one, "Hi").next()],
  ["StreamingStrategy.execute", (one) => new agents.StreamingStrategy().execute(one, "Hi")],
  ["SearchMemory.search", (question) => agents.searchMemory().search("a", question)],
  ["SharedPool.search", (question) => agents.sharedPool().search(question)],
  ["WordMemory.store", (items) => new workflows.WordMemory().store(items)],
  ["WordMemory.search", (options) => new workflows.WordMemory().search("x", options)],
  ["WorkflowBuilder.addNode", (type) => new workflows.WorkflowBuilder().addNode(type)],
  ["WorkflowBuilder.connect", (from) => new workflows.WorkflowBuilder().connect(from, "b")],
  ["PiiVault.avoid", (text) => new guards.PiiVault().avoid(text)],
  ["PiiVault.placeholder", (value) => new guards.PiiVault().placeholder("NAME", value)],
  ["SentenceSplitter.push", (text) => new speech.SentenceSplitter().push(text)],
  ["SpeakableText.next", (text) => new speech.SpeakableText().next(text)],
];

test.each(METHODS)("%s refuses what is of the wrong kind", async (_, call) => {
  for (const value of [undefined, null, 7, [undefined]]) {
    const outcome = (async () => call(value as never))();
    await expect(outcome).rejects.toMatchObject({ name: "SluiceError", code: "invalid-argument" });
  }
});

test("a response among words, and words among responses, are told where they stand", () => {
  const response = tools.approve("c1");
  const ask = (role: "user" | "tool", content: unknown) => () => m.stream({ messages: [{ role, content } as never] });
  expect(ask("user", [response, { type: "text", text: "Quickly." }])).toThrow(
    'found "input-response"; allowed: text, file; input-response stands in tool messages',
  );
  expect(ask("tool", [response, { type: "text", text: "Quickly." }])).toThrow(
    'found "text"; allowed: tool-result, input-response; text stands in system, user, assistant messages',
  );
});
