import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import * as agents from "../../src/agents/index.js";
import * as chat from "../../src/chat/index.js";
import * as dapr from "../../src/dapr/index.js";
import * as guards from "../../src/guards/index.js";
import * as models from "../../src/models/index.js";
import { RedisRunLog } from "../../src/runs/index.js";
import { createServer } from "../../src/server/index.js";
import * as speech from "../../src/speech/index.js";
import { ChatStream, paced, SluiceError } from "../../src/stream/index.js";
import * as telemetry from "../../src/telemetry/index.js";
import * as workflows from "../../src/workflows/index.js";
import { loose, make } from "./loose.js";

const m = models.echo();
const member = new agents.Agent({ name: "a", description: "d", model: m });
const other = new agents.Agent({ name: "b", description: "d", model: m });
const answer = () => m.stream({ messages: [{ role: "user", content: "Hi" }] });
const source = { next: () => undefined, cancel() {} };
const detector = { sampleRate: 16_000, frameBytes: 640, frameMs: 20, isSpeech: () => false, close() {} };
const quiet = { id: "quiet", format: { mediaType: "audio/pcm", sampleRate: 1 }, synthesize: async function* () {} };
const resources = { resourcesPath: tmpdir(), appId: "a" };
const built = new workflows.WorkflowBuilder().addNode("output", "a");
const document = { steps: [{ id: "a", type: "output" }] };

/** A slip, and the option that it meant. */
const SLIPS: readonly [door: string, slip: () => unknown, misspelt: string, meant: string][] = [
  ["ChatStream", () => make(ChatStream)(source, { retian: true }), "retian", "retain"],
  ["SluiceError", () => make(SluiceError)("blocked", "x", { retryabel: true }), "details.retryabel", "retryable"],
  [
    "SluiceError.with",
    () => loose((o: never) => new SluiceError("blocked", "x").with(o))({ modle: "m" }),
    "details.modle",
    "model",
  ],
  ["runBatch", () => loose(agents.runBatch)(member, ["a"], { concurency: 1 }), "concurency", "concurrency"],
  [
    "runBatch, context",
    () => loose(agents.runBatch)(member, [], { context: { calller: "a" } }),
    "context.calller",
    "caller",
  ],
  [
    "evaluate",
    () => loose(agents.evaluate)(member, [{ input: "a" }], [agents.judge(m, "Good?")], { treshold: 1 }),
    "treshold",
    "threshold",
  ],
  [
    "evaluate, a case",
    () => loose(agents.evaluate)(member, [{ input: "a", expcted: "b" }], [agents.exact()]),
    "cases[0].expcted",
    "expected",
  ],
  ["chatConfig", () => loose(agents.chatConfig)({ chunkSiz: 1 }), "chunkSiz", "chunkSize"],
  [
    "StreamChatAgent.streamChat",
    () => loose((o: never) => new agents.StreamChatAgent({}, { model: m }).streamChat("Hi", o))({ sesionId: "a" }),
    "sesionId",
    "sessionId",
  ],
  ["readAgent", () => loose(agents.readAgent)("a.md", { modle: m }), "modle", "model"],
  ["bufferMemory", () => loose(agents.bufferMemory)({ maxMesages: 1 }), "maxMesages", "maxMessages"],
  ["summaryMemory", () => loose(agents.summaryMemory)({ model: m, evry: 1 }), "evry", "every"],
  [
    "compactingMemory",
    () => loose(agents.compactingMemory)({ model: m, maxTokens: 9, keepToken: 1 }),
    "keepToken",
    "keepTokens",
  ],
  ["SearchMemory", () => make(agents.SearchMemory)({ embeder: "x" }), "embeder", "embedder"],
  ["SharedPool", () => make(agents.SharedPool)({ nam: "x" }), "nam", "name"],
  ["signature", () => loose(agents.signature)("a -> b", { instruction: "x" }), "instruction", "instructions"],
  ["humanInTheLoop", () => loose(agents.humanInTheLoop)({ maxDraft: 1 }), "maxDraft", "maxDrafts"],
  ["multiCycle", () => loose(agents.multiCycle)({ maxCycle: 1 }), "maxCycle", "maxCycles"],
  ["handOff", () => loose(agents.handOff)({ members: [member], maxHandOff: 1 }), "maxHandOff", "maxHandOffs"],
  ["debate", () => loose(agents.debate)({ members: [member], judge: other, round: 1 }), "round", "rounds"],
  ["roundRobin", () => loose(agents.roundRobin)({ members: [member], round: 1 }), "round", "rounds"],
  [
    "observability, telemetry",
    () => loose(agents.observability)({ telemetry: { contnt() {} } }),
    "telemetry.contnt",
    "content",
  ],
  ["agentSpans", () => loose(telemetry.agentSpans)({ tracr: {} }), "tracr", "tracer"],
  ["toolSpans", () => loose(telemetry.toolSpans)({ metr: {} }), "metr", "meter"],
  ["traced", () => loose(telemetry.traced)(m, { contnt() {} }), "contnt", "content"],
  ["image", () => loose(chat.image)(new Uint8Array(1), { mediaTyp: "image/png" }), "mediaTyp", "mediaType"],
  ["compact", () => loose(chat.compact)({ model: m, maxTokens: 9, keepToken: 1 }), "keepToken", "keepTokens"],
  [
    "importConversation",
    () => loose(chat.importConversation)(new chat.MemoryStore(), "{}", { contextID: "a" }),
    "contextID",
    "contextId",
  ],
  [
    "searchConversations",
    () => loose(chat.searchConversations)(new chat.MemoryStore(), "x", { rol: "user" }),
    "rol",
    "role",
  ],
  [
    "Conversations.search",
    () => loose((o: never) => new chat.Conversations(new chat.MemoryStore()).search("x", o))({ branchs: "all" }),
    "branchs",
    "branches",
  ],
  [
    "embed",
    () => loose(models.embed)(models.embedder("openai/x", { apiKey: "k" }), ["a"], { batchsize: 1 }),
    "batchsize",
    "batchSize",
  ],
  ["RedisRunLog", () => loose(RedisRunLog.open)({ url: "redis://127.0.0.1:1", prefx: "x" }), "prefx", "prefix"],
  ["RedisStore", () => loose(chat.RedisStore.open)("redis://127.0.0.1:1", { timeoutMS: 1 }), "timeoutMS", "timeoutMs"],
  ["DaprStateStore", () => make(dapr.DaprStateStore)("s", { prefx: "x" }), "prefx", "prefix"],
  ["openDaprStore", () => loose(dapr.openDaprStore)("dapr://s", { timeoutMS: 1 }), "timeoutMS", "timeoutMs"],
  [
    "DaprChatClient.model",
    () => loose((o: never) => new dapr.DaprChatClient({ env: {} }).model(o))({ componnt: "x" }),
    "componnt",
    "component",
  ],
  [
    "publishStream",
    () => loose(dapr.publishStream)(answer(), { pubsub: "p", topic: "t", windowMS: 1 }),
    "windowMS",
    "windowMs",
  ],
  ["startSidecar", () => loose(dapr.startSidecar)({ ...resources, httpport: 1 }), "httpport", "httpPort"],
  [
    "startSidecar, limits",
    () => loose(dapr.startSidecar)({ ...resources, limits: { idelMs: 1 } }),
    "limits.idelMs",
    "idleMs",
  ],
  ["createServer", () => loose(createServer)({ modells: {} }), "modells", "models"],
  [
    "createServer, limits",
    () => loose(createServer)({ models: { m }, limits: { maxBodyByte: 1 } }),
    "limits.maxBodyByte",
    "maxBodyBytes",
  ],
  [
    "createServer, telemetry",
    () => loose(createServer)({ models: { m }, telemetry: { clok: {} } }),
    "telemetry.clok",
    "clock",
  ],
  ["scrubMessage", () => loose(guards.scrubMessage)({ locale: ["de"] }), "locale", "locales"],
  ["scrubStage", () => loose(guards.scrubStage)({ locale: ["de"] }), "locale", "locales"],
  ["scrubText", () => loose(guards.scrubText)("x", { locale: ["de"] }), "locale", "locales"],
  ["paced", () => loose(paced)({ charactersPerSecond: 1, clok: {} }), "clok", "clock"],
  ["fvad", () => loose(speech.fvad)({ agressiveness: 1 }), "agressiveness", "aggressiveness"],
  ["sherpaTranscriber", () => loose(speech.sherpaTranscriber)({ model: {}, nam: "x" }), "nam", "name"],
  ["sherpaVoice", () => loose(speech.sherpaVoice)({ model: {}, sped: 1 }), "sped", "speed"],
  ["Utterances", () => make(speech.Utterances)(detector, { pauseMS: 1 }), "pauseMS", "pauseMs"],
  ["RealtimeSession", () => make(speech.RealtimeSession)({ instruction: "x" }), "instruction", "instructions"],
  [
    "transcriptionRoute",
    () => loose(speech.transcriptionRoute)({ transcriberfor() {} }),
    "transcriberfor",
    "transcriberFor",
  ],
  ["SpeakableText", () => make(speech.SpeakableText)({ unit: true }), "unit", "units"],
  [
    "createStreamingPipeline",
    () =>
      loose(speech.createStreamingPipeline)({ llmProvider: m, ttsProvider: quiet, streamingConfig: { lookAhedMs: 1 } }),
    "streamingConfig.lookAhedMs",
    "lookAheadMs",
  ],
  ["systemPlayer", () => loose(speech.systemPlayer)({ comand: "aplay" }), "comand", "command"],
  ["voiceChat", () => loose(speech.voiceChat)({ agnt: member }), "agnt", "agent"],
  ["azureVoice", () => loose(speech.azureVoice)({ apiKey: "k", regon: "x" }), "regon", "region"],
  ["xttsVoice", () => loose(speech.xttsVoice)({ referenc: "x" }), "referenc", "reference"],
  [
    "DbosEngine",
    () => loose(workflows.DbosEngine.open)("postgres://127.0.0.1:1", { sync: "x" }),
    "options.sync",
    "has ",
  ],
  [
    "rerunFrom",
    () => loose(workflows.rerunFrom)(new workflows.MemoryEngine(), "a", "b", { modle: m }),
    "services.modle",
    "model",
  ],
  ["checkWorkflow", () => loose(workflows.checkWorkflow)(document, { modle: m }), "options.modle", "model"],
  ["loadWorkflow", () => loose(workflows.loadWorkflow)(document, { modle: m }), "options.modle", "model"],
  [
    "WorkflowBuilder.build",
    () => loose((o: never) => built.build(o))({ http: { host: [] } }),
    "options.http.host",
    "hosts",
  ],
  [
    "LocalRuntime.start",
    () => loose((o: never) => new workflows.LocalRuntime().start(built.build(), o))({ context: { runid: "x" } }),
    "options.context.runid",
    "runId",
  ],
];

test.each(SLIPS)("%s refuses a misspelt option, and names the one that was meant", async (_, slip, misspelt, meant) => {
  const refused = (async () => slip())();
  await expect(refused).rejects.toMatchObject({
    name: "SluiceError",
    code: "invalid-argument",
    field: misspelt,
    message: expect.stringContaining(meant),
  });
});
