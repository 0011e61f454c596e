import { expect, test } from "vitest";
import * as agents from "../../src/agents/index.js";
import * as chat from "../../src/chat/index.js";
import * as dapr from "../../src/dapr/index.js";
import { openAiChat } from "../../src/dialects/index.js";
import { respond, respondError } from "../../src/dialects/respond.js";
import * as guards from "../../src/guards/index.js";
import * as models from "../../src/models/index.js";
import { MemoryRunLog, startRun } from "../../src/runs/index.js";
import { createServer, type SluiceServer } from "../../src/server/create-server.js";
import * as speech from "../../src/speech/index.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { ChatStream, paced, partThoughts, SluiceError } from "../../src/stream/index.js";
import * as structured from "../../src/structured/index.js";
import * as tools from "../../src/tools/index.js";
import { EmbeddedEngine, LocalRuntime, MemoryEngine, resumeRun, superviseRuns } from "../../src/workflows/index.js";
import { loose, make } from "./loose.js";

const m: ChatModel = models.echo();
const ask = { messages: [{ role: "user" as const, content: "Hi" }] };
const schema = { type: "object", properties: {} };
const look = tools.tool({ name: "look", input: schema, run: () => 1 });
const answer = () => m.stream(ask);
const quiet = {
  id: "quiet",
  format: { mediaType: "audio/pcm", sampleRate: 1 },
  maxChars: 99,
  concurrency: 1,
  synthesize() {},
};
const sink = speech.pacedOutput({ write() {} });

/** Goes on with a run, with options that are not checked here. */
async function resumedWith(options: object): Promise<unknown> {
  const engine = new MemoryEngine();
  await (
    await engine.begin({
      id: "a",
      workflow: "w",
      inputs: {},
      document: { steps: [{ id: "a", type: "output" }] },
      format: 1,
    })
  ).close();
  return loose(resumeRun)(engine, "a", {}, options);
}

/** Does something with a server that does not listen. */
async function served(door: (server: SluiceServer) => unknown): Promise<unknown> {
  const server = await createServer({ models: { m } });
  try {
    return await door(server);
  } finally {
    await server.close();
  }
}

/** A slip, and the option that it meant. */
const SLIPS: readonly [door: string, slip: () => unknown, misspelt: string, meant: string][] = [
  ["stream", () => loose(chat.stream)(m, "Hi", { temprature: 1 }), "temprature", "temperature"],
  ["stream, timeouts", () => loose(chat.stream)(m, "Hi", { timeouts: { idelMs: 1 } }), "timeouts.idelMs", "idleMs"],
  ["stream, retry", () => loose(chat.stream)(m, "Hi", { retry: { retrys: 1 } }), "retry.retrys", "retries"],
  ["stream, context", () => loose(chat.stream)(m, "Hi", { context: { runID: "a" } }), "context.runID", "runId"],
  ["generate", () => loose(chat.generate)(m, "Hi", { maxToken: 1 }), "maxToken", "maxTokens"],
  ["object", () => loose(chat.object)(m, schema, "Hi", { repairs: 1 }), "repairs", "repair"],
  ["a model's stream", () => loose(m.stream)(ask, { singal: 1 }), "singal", "signal"],
  ["a model's request", () => loose(m.stream)({ ...ask, maxtokens: 1 }), "maxtokens", "maxTokens"],
  ["model", () => loose(models.model)("openai/gpt-4.1", { baseURL: "http://127.0.0.1" }), "baseURL", "baseUrl"],
  ["httpModel", () => loose(models.httpModel)({ dialect: openAiChat, model: "m", baseURL: "x" }), "baseURL", "baseUrl"],
  ["fallback", () => loose(models.fallback)([m], { afterFirstdelta: "fail" }), "afterFirstdelta", "afterFirstDelta"],
  ["route", () => loose(models.route)([m], { hedgMs: 1 }), "hedgMs", "hedgeMs"],
  ["ConcurrencyLimit", () => make(models.ConcurrencyLimit)({ concurency: 1 }), "concurency", "concurrency"],
  ["a2aModel", () => loose(models.a2aModel)({ url: "http://x", header: {} }), "header", "headers"],
  ["echo", () => loose(models.echo)({ tokensPerSec: 1 }), "tokensPerSec", "tokensPerSecond"],
  ["scripted", () => loose(models.scripted)([["a"]], { clok: 1 }), "clok", "clock"],
  ["simulate", () => loose(models.simulate)(m, { tokenPerSecond: 1 }), "tokenPerSecond", "tokensPerSecond"],
  ["replay", () => loose(models.replay)("x.sse", { sped: 1 }), "sped", "speed"],
  ["resumeRun", () => resumedWith({ maxTakeover: 1 }), "options.maxTakeover", "maxTakeovers"],
  ["superviseRuns", () => loose(superviseRuns)(new MemoryEngine(), {}, { everyMS: 1 }), "options.everyMS", "everyMs"],
  ["EmbeddedEngine", () => loose(EmbeddedEngine.open)(":memory:", { silentMS: 1 }), "options.silentMS", "silentMs"],
  ["toAiSdk", () => loose(models.toAiSdk)(m, { versoin: "v2" }), "versoin", "version"],
  [
    "fromAiSdk",
    () =>
      loose(models.fromAiSdk)(
        { specificationVersion: "v2", provider: "p", modelId: "m", doStream() {}, doGenerate() {} },
        { idd: "x" },
      ),
    "idd",
    "id",
  ],
  ["llama", () => loose(models.llama)("x.gguf", { contextsize: 1 }), "contextsize", "contextSize"],
  ["registerProvider", () => loose(models.registerProvider)({ id: "x", baseURL: "http://x" }), "baseURL", "baseUrl"],
  ["tool", () => loose(tools.tool)({ name: "x", input: schema, needsApproval: true }), "needsApproval", "approval"],
  ["withTools", () => loose(tools.withTools)(m, [look], { maxstep: 3 }), "maxstep", "maxSteps"],
  ["asTool", () => loose(tools.asTool)(m, { name: "x", descripton: "y" }), "descripton", "description"],
  ["mcpTools", () => loose(tools.mcpTools)({ command: "x", prefx: "y" }), "prefx", "prefix"],
  ["speak", () => loose(speech.speak)(answer(), { voice: quiet, lookAhedMs: 1 }), "lookAhedMs", "lookAheadMs"],
  ["say", () => loose(speech.say)(answer(), { voice: quiet, output: sink, onHerd() {} }), "onHerd", "onHeard"],
  ["pacedOutput", () => loose(speech.pacedOutput)({ write() {} }, { buferMs: 1 }), "buferMs", "bufferMs"],
  ["AudioFiles", () => make(speech.AudioFiles)({ outputDir: "x", joindFile: true }), "joindFile", "joinedFile"],
  ["speechRoute", () => loose(speech.speechRoute)({ voiceFor() {}, maxChar: 1 }), "maxChar", "maxChars"],
  ["flite", () => loose(speech.flite)({ pitchHertz: 100 }), "pitchHertz", "pitchHz"],
  ["espeak", () => loose(speech.espeak)({ vioce: "de" }), "vioce", "voice"],
  ["modelVoice", () => loose(speech.modelVoice)(m, { instruction: "x" }), "instruction", "instructions"],
  ["openAiVoice", () => loose(speech.openAiVoice)({ apikey: "k" }), "apikey", "apiKey"],
  ["googleVoice", () => loose(speech.googleVoice)({ credential: "x.json" }), "credential", "credentials"],
  ["elevenLabsVoice", () => loose(speech.elevenLabsVoice)({ apiKey: "k", stabilty: 1 }), "stabilty", "stability"],
  ["cartesiaVoice", () => loose(speech.cartesiaVoice)({ apiKey: "k", langauge: "de" }), "langauge", "language"],
  ["openAiTranscriber", () => loose(speech.openAiTranscriber)({ apiKey: "k", languge: "de" }), "languge", "language"],
  ["guard", () => loose(guards.guard)(m, { ...guards.pii(), beginn: 1 }), "guards[0].beginn", "begin"],
  ["pii", () => loose(guards.pii)({ locale: ["de"] }), "locale", "locales"],
  ["budget", () => loose(guards.budget)({ maxTotalToken: 1 }), "maxTotalToken", "maxTotalTokens"],
  ["defineGuard", () => loose(guards.defineGuard)({ name: "x", chek: () => ({}) }), "chek", "check"],
  ["Conversation", () => make(chat.Conversation)({ model: m, contextID: "a" }), "contextID", "contextId"],
  ["tokenBudget", () => loose(chat.tokenBudget)(10, { modle: "m" }), "modle", "model"],
  ["summarise", () => loose(chat.summarise)({ modle: m }), "modle", "model"],
  ["PostgresStore", () => loose(chat.PostgresStore.open)("postgres://x", { timeoutMS: 1 }), "timeoutMS", "timeoutMs"],
  ["RedisStore", () => loose(chat.RedisStore.open)("redis://x", { prefx: "x" }), "prefx", "prefix"],
  [
    "respond",
    () => loose(respond)(answer(), openAiChat, { model: "m", stream: true, request: ask }, { header: {} }),
    "header",
    "headers",
  ],
  ["tee", () => loose(answer().tee.bind(answer()))({ boudn: 1 }), "boudn", "bound"],
  ["readText", () => loose((o: never) => answer().readText(o))({ onretract: 1 }), "onretract", "onRetract"],
  ["ChatStream.from", () => loose(ChatStream.from)([], { retian: true }), "retian", "retain"],
  ["paced", () => loose(paced)({ charactersPerSec: 1 }), "charactersPerSec", "charactersPerSecond"],
  ["Agent", () => make(agents.Agent)({ model: m, instruction: "x" }), "instruction", "instructions"],
  [
    "Agent, toolSearch",
    () => make(agents.Agent)({ model: m, toolSearch: { alway: [] } }),
    "toolSearch.alway",
    "always",
  ],
  [
    "StreamChatAgent",
    () => make(agents.StreamChatAgent)({ enableTrace: true }, { model: m }),
    "enableTrace",
    "enableTracing",
  ],
  ["agentLog", () => loose(agents.agentLog)({ writes: () => {} }), "writes", "write"],
  ["auditTrail", () => loose(agents.auditTrail)({ scrubs: () => "" }), "scrubs", "scrub"],
  ["observability", () => loose(agents.observability)({ enableLog: true }), "enableLog", "enableLogging"],
  ["searchMemory", () => loose(agents.searchMemory)({ fact: "x" }), "fact", "facts"],
  ["sharedPool", () => loose(agents.sharedPool)({ nam: "x" }), "nam", "name"],
  ["embeddedFacts", () => loose(agents.embeddedFacts)({ fille: "x" }), "fille", "file"],
  ["PostgresFacts", () => loose(agents.PostgresFacts.open)("postgres://x", { timeoutMS: 1 }), "timeoutMS", "timeoutMs"],
  ["providerCompaction", () => loose(agents.providerCompaction)({ maxToken: 1 }), "maxToken", "maxTokens"],
  ["codeTool", () => loose(agents.codeTool)({ timeoutMS: 1 }), "timeoutMS", "timeoutMs"],
  ["fileTools", () => loose(agents.fileTools)("/", { writes: true }), "writes", "write"],
  [
    "defineModel",
    () => loose(models.defineModel)({ id: "x", *stream() {}, capability: {} }),
    "capability",
    "capabilities",
  ],
  ["wrapModel", () => loose(models.wrapModel)(m, { answers() {} }), "answers", "answer"],
  ["wrapModel, own", () => loose(models.wrapModel)(m, {}, { idd: "x" }), "idd", "id"],
  ["fetchTransport", () => loose(models.fetchTransport)({ fetsh: fetch }), "fetsh", "fetch"],
  ["nodeTransport", () => loose(models.nodeTransport)({ dispacher: {} }), "dispacher", "dispatcher"],
  ["summaryMemory", () => loose(agents.summaryMemory)({ model: m, kep: 1 }), "kep", "keep"],
  [
    "team",
    () => loose(agents.team)({ name: "t", members: [], maxTurns: 1, view: "own", next() {}, maxTurn: 1 }),
    "maxTurn",
    "maxTurns",
  ],
  [
    "asTool of an agent",
    () => loose((o: never) => new agents.Agent({ model: m }).asTool(o))({ approvl: true }),
    "approvl",
    "approval",
  ],
  ["startRun", () => loose(startRun)(new MemoryRunLog(), answer(), { atended: false }), "atended", "attended"],
  ["RunLog.open", () => loose((o: never) => new MemoryRunLog().open("r", o))({ goOn: true }), "goOn", "goesOn"],
  ["listen", () => served((server) => loose(server.listen)({ hsot: "127.0.0.1" })), "hsot", "host"],
  ["close", () => served((server) => loose(server.close)({ graceMS: 1 })), "graceMS", "graceMs"],
  ["HeardText", () => make(speech.HeardText)({ keep: true }), "keep", "keeps"],
  [
    "subscriptionListener",
    () => loose(dapr.subscriptionListener)([], { appApitoken: "x" }),
    "appApitoken",
    "appApiToken",
  ],
  ["daprEcho", () => loose(dapr.daprEcho)({ pauseMS: 1 }), "pauseMS", "pauseMs"],
  ["respondError", () => loose(respondError)(new Error("x"), openAiChat, { header: {} }), "header", "headers"],
  [
    "filterStage",
    () => loose(guards.filterStage)(() => ({}), { guard: "g", changedOpaqe: "keep" }),
    "changedOpaqe",
    "changedOpaque",
  ],
  ["partThoughts", () => loose(partThoughts)({ clos: "x" }), "clos", "close"],
  ["nested", () => loose((o: never) => answer().nested("x", o).fullText)({ callID: "x" }), "callID", "callId"],
  ["LocalRuntime", () => make(LocalRuntime)({ engin: {} }), "engin", "engine"],
  ["WorkflowEngine.list", () => loose((o: never) => new MemoryEngine().list(o))({ ownr: "a" }), "ownr", "owner"],
  [
    "ConversationStore.list",
    () => loose((o: never) => new chat.MemoryStore().list(o))({ prefx: "a" }),
    "prefx",
    "prefix",
  ],
  [
    "Conversations.list",
    () => loose((o: never) => new chat.Conversations(new chat.MemoryStore()).list(o))({ prefx: "a" }),
    "prefx",
    "prefix",
  ],
  [
    "search",
    () =>
      loose((o: never) => new chat.Conversation({ model: m, store: new chat.MemoryStore() }).search("x", o))({
        rol: "user",
      }),
    "rol",
    "role",
  ],
  ["JsonParser", () => make(structured.JsonParser)({ maxdepth: 1 }), "maxdepth", "maxDepth"],
];

test.each(SLIPS)("%s refuses a misspelt option, and names the one that was meant", async (_, slip, misspelt, meant) => {
  const error = await caught(slip);
  expect(error).toBeInstanceOf(SluiceError);
  expect(error).toMatchObject({ code: "invalid-argument", field: misspelt });
  expect(String((error as Error).message)).toContain(`did you mean ${meant}`);
});

/** Doors that take a model or its name. */
const NAMED: readonly [door: string, give: (model: unknown) => unknown][] = [
  ["stream", (model) => loose(chat.stream)(model, "Hi")],
  ["generate", (model) => loose(chat.generate)(model, "Hi")],
  ["object", (model) => loose(chat.object)(model, schema, "Hi")],
  ["fallback", (model) => loose(models.fallback)([model])],
  ["Conversation", (model) => make(chat.Conversation)({ model })],
  ["summarise", (model) => loose(chat.summarise)({ model })],
  ["summaryMemory", (model) => loose(agents.summaryMemory)({ model })],
  ["chosenByModel", (chooser) => loose(agents.chosenByModel)({ members: [new agents.Agent({ model: m })], chooser })],
  ["plannedByModel", (planner) => loose(agents.plannedByModel)({ members: [new agents.Agent({ model: m })], planner })],
];

/** Doors that stand below the names of models. */
const DOORS: typeof NAMED = [
  ["withTools", (model) => loose(tools.withTools)(model, [look])],
  ["asTool", (model) => loose(tools.asTool)(model, { name: "x", description: "y" })],
  ["guard", (model) => loose(guards.guard)(model, guards.pii())],
  ["simulate", (model) => loose(models.simulate)(model)],
  ["record", (model) => loose(models.record)(model, "x.ndjson")],
  ["toAiSdk", (model) => loose(models.toAiSdk)(model)],
  ["wrapModel", (model) => loose(models.wrapModel)(model, {})],
];

test.each([...NAMED, ...DOORS])("%s refuses what is no model", async (_, give) => {
  for (const value of [undefined, {}, 7, null, []]) {
    expect(await caught(() => give(value))).toMatchObject({ code: "invalid-argument" });
  }
});

test.each(NAMED)("%s takes a name, and refuses one that there is not", async (_, give) => {
  expect(await caught(() => give("nobody/model"))).toMatchObject({ code: "unknown-model" });
});

test.each(DOORS)("%s says how a name becomes a model", async (_, give) => {
  const error = await caught(() => give("openai/gpt-5"));
  expect(error).toMatchObject({ code: "invalid-argument" });
  expect(String((error as Error).message)).toContain("model(name)");
});

test.each<[string, () => unknown]>([
  ["a tool in place of a list", () => loose(tools.withTools)(m, look)],
  ["a list that holds no tool", () => loose(tools.withTools)(m, [{}])],
  ["a guard that is none", () => loose(guards.guard)(m, {})],
  ["an option of another kind", () => loose(chat.stream)(m, "Hi", { temperature: "hot" })],
  ["a signal that is none", () => loose(chat.stream)(m, "Hi", { signal: {} })],
  ["a timeout that is no number", () => loose(chat.stream)(m, "Hi", { timeouts: { idleMs: "1s" } })],
  ["options that are no object", () => loose(chat.stream)(m, "Hi", 7)],
  ["locales that are no list", () => loose(guards.pii)({ locales: "de" })],
  ["a locale that there is not", () => loose(guards.pii)({ locales: ["xx"] })],
])("%s is refused", async (_, give) => {
  expect(await caught(give)).toMatchObject({ code: "invalid-argument" });
});

async function caught(give: () => unknown): Promise<unknown> {
  try {
    const value = await give();
    // What is only made when it is read.
    if (value instanceof ChatStream) await value.fullText;
  } catch (error) {
    return error;
  }
  return undefined;
}
