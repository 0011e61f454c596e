import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../src/base/json.js";
import { scripted } from "../../src/models/scripted.js";
import { FORMAT, type WorkflowEngine } from "../../src/workflows/engines/engine.js";
import { answerQuestion, rerunFrom, resumeRun } from "../../src/workflows/resume-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { failure } from "../support/failure.js";

/** A draft is written, a person decides, the answer goes on. */
const APPROVAL = {
  name: "approval",
  inputs: ["topic"],
  steps: [
    { id: "draft", type: "function", config: { function: "draft" }, inputs: { topic: "$topic" } },
    {
      id: "review",
      type: "human_approval",
      config: { prompt: "Publish?", timeout_seconds: 0 },
      inputs: { draft: { from_step: "draft" } },
      routes: { approve: "publish", reject: "drop" },
    },
    { id: "publish", type: "function", config: { function: "publish" }, inputs: { draft: { from_step: "draft" } } },
    { id: "drop", type: "output", inputs: { dropped: { from_step: "draft" } } },
    { id: "done", type: "output", inputs: { published: { from_step: "publish" } } },
  ],
};

/** Counts its calls. */
function counted(calls: string[]): WorkflowServices {
  return {
    functions: {
      draft: ({ topic }) => {
        calls.push("draft");
        return `About ${topic}`;
      },
      publish: ({ draft }) => {
        calls.push("publish");
        return `${draft}, published`;
      },
    },
  };
}

/** What every engine must do. */
export function engineContract(name: string, open: () => Promise<WorkflowEngine>): void {
  describe(`${name}: a run`, () => {
    test("waits for an answer, and goes on with it; steps that are over do not run again", async () => {
      const engine = await open();
      const calls: string[] = [];
      const services = counted(calls);
      const first = (await loadWorkflow(APPROVAL, services)).run({ inputs: { topic: "sluices" }, engine });
      const waiting = await first.result;
      expect(waiting).toMatchObject({ status: "waiting", questions: [{ message: "Publish?", step: "review" }] });
      expect(await first.stream.finishReason).toBe("input-required");
      const [question] = waiting.questions;
      expect(await engine.list({ status: "waiting" })).toMatchObject([{ id: first.runId, workflow: "approval" }]);
      expect(await failure(answerQuestion(engine, first.runId, question?.id ?? "", "maybe"))).toMatchObject({
        code: "invalid-argument",
      });
      await answerQuestion(engine, first.runId, question?.id ?? "", "approve");
      const second = await resumeRun(engine, first.runId, services);
      expect(await second.result).toMatchObject({
        status: "completed",
        output: { published: "About sluices, published" },
      });
      expect(calls).toEqual(["draft", "publish"]);
      expect(await engine.show(first.runId)).toMatchObject({ status: "completed", steps: expect.any(Array) });
      await engine.close();
    });

    test("is listed by its owner and its workflow, page by page", async () => {
      const engine = await open();
      const workflow = await loadWorkflow(APPROVAL, counted([]));
      const ids: string[] = [];
      for (const caller of ["anna", "ben", "anna", "anna"]) {
        const run = workflow.run({ inputs: { topic: "x" }, engine, context: { caller } });
        await run.result;
        if (caller === "anna") ids.push(run.runId);
      }
      await workflow.run({ inputs: { topic: "x" }, engine }).result;
      const [first, second, ...more] = await engine.list({ owner: "anna", workflow: "approval", limit: 2 });
      expect([first?.owner, more]).toEqual(["anna", []]);
      const rest = second === undefined ? [] : await engine.list({ owner: "anna", after: second });
      expect([first, second, ...rest].map((run) => run?.id).sort()).toEqual(ids.sort());
      expect(await engine.list({ owner: "nobody" })).toEqual([]);
      expect(await engine.list({ owner: "anna", workflow: "other" })).toEqual([]);
      expect((await engine.show(ids[0] ?? "")).owner).toBe("anna");
      expect(await engine.list()).toHaveLength(5);
      await engine.close();
    });

    test("answers a question once", async () => {
      const engine = await open();
      const run = (await loadWorkflow(APPROVAL, counted([]))).run({ inputs: { topic: "x" }, engine });
      const { questions } = await run.result;
      const id = questions[0]?.id ?? "";
      await answerQuestion(engine, run.runId, id, { decision: "reject" });
      expect((await engine.show(run.runId)).questions).toMatchObject([{ id, answered: true }]);
      expect(await failure(answerQuestion(engine, run.runId, id, "approve"))).toMatchObject({ code: "conflict" });
      expect(await failure(answerQuestion(engine, run.runId, "other", "approve"))).toMatchObject({ code: "not-found" });
      const { output } = await (await resumeRun(engine, run.runId, counted([]))).result;
      expect(output).toEqual({ dropped: "About x" });
      await engine.close();
    });

    test("that failed goes on at the step that failed", async () => {
      const engine = await open();
      const calls: string[] = [];
      let broken = true;
      const services: WorkflowServices = {
        functions: {
          a: () => calls.push("a"),
          b: () => {
            calls.push("b");
            if (broken) throw new Error("not now");
            return "b";
          },
        },
      };
      const document = {
        steps: [
          { id: "first", type: "function", config: { function: "a" } },
          { id: "second", type: "function", config: { function: "b" }, inputs: { first: { from_step: "first" } } },
        ],
      };
      const run = (await loadWorkflow(document, services)).run({ engine });
      expect(await failure(run.result)).toMatchObject({ message: "step second (function): not now" });
      expect(await engine.show(run.runId)).toMatchObject({ status: "failed", error: { message: expect.any(String) } });
      broken = false;
      expect((await (await resumeRun(engine, run.runId, services)).result).output).toBe("b");
      expect(calls).toEqual(["a", "b", "b"]);
      await engine.close();
    });

    test("runs again from a step", async () => {
      const engine = await open();
      const calls: string[] = [];
      const step = (id: string, reads?: string): JsonObject => ({
        id,
        type: "function",
        config: { function: "call" },
        inputs: { id, ...(reads && { before: { from_step: reads } }) },
      });
      const document = { steps: [step("a"), step("b", "a"), step("other", "a"), step("c", "b")] };
      const services: WorkflowServices = { functions: { call: ({ id }) => calls.push(String(id)) } };
      const run = (await loadWorkflow(document, services)).run({ engine });
      await run.result;
      calls.length = 0;
      await (await rerunFrom(engine, run.runId, "b", services)).result;
      expect(calls).toEqual(["b", "c"]);
      expect(await failure(rerunFrom(engine, run.runId, "bb", services))).toMatchObject({ code: "not-found" });
      await engine.close();
    });

    test("finds what another run has kept, the best fitting first", async () => {
      const engine = await open();
      const keep = { id: "keep", type: "memory_store", inputs: { content: "$texts" } };
      const texts = ["Locks lift boats.", "水门调节河流。", "Boats' locks and more locks: \"quoted\" it's."];
      const storing = await loadWorkflow({ inputs: ["texts"], steps: [keep] });
      await storing.run({ engine, inputs: { texts } }).result;
      const find = { id: "find", type: "memory_retrieve", inputs: { query: "$query" } };
      const finding = await loadWorkflow({ inputs: ["query"], steps: [find] });
      const found = async (query: string) => {
        const { results } = await finding.run({ engine, inputs: { query } }).result;
        const memories = results.find?.memories;
        return Array.isArray(memories) ? memories.map((one) => (isJsonObject(one) ? one.content : one)) : memories;
      };
      expect(await found('boats locks, "quoted"\' | ! (')).toEqual([texts[2], texts[0]]);
      expect(await found("河流")).toEqual([texts[1]]);
      expect(await found("nothing")).toEqual([]);
      await engine.close();
    });

    test("keeps its conversation", async () => {
      const engine = await open();
      const model = scripted([["Hello."], ["You said hi."]]);
      const chat = (id: string, message: string) => ({
        id,
        type: "llm_chat",
        config: { use_conversation: true, conversation_id: "main" },
        inputs: { message },
      });
      const ask = { id: "ask", type: "human_approval", config: { approval_type: "custom_input", timeout_seconds: 0 } };
      const document = { steps: [chat("one", "Hi"), ask, chat("two", "What did I say?")] };
      const run = (await loadWorkflow(document, { model })).run({ engine });
      const { questions } = await run.result;
      await answerQuestion(engine, run.runId, questions[0]?.id ?? "", "Go on");
      await (await resumeRun(engine, run.runId, { model })).result;
      expect(model.requests[1]?.messages).toHaveLength(3);
      await engine.close();
    });

    test("is cancelled, and does not go on", async () => {
      const engine = await open();
      const run = (await loadWorkflow(APPROVAL, counted([]))).run({ inputs: { topic: "x" }, engine });
      await run.result;
      await engine.cancel(run.runId);
      expect(await engine.show(run.runId)).toMatchObject({ status: "cancelled", questions: [] });
      expect(await failure(resumeRun(engine, run.runId, counted([])))).toMatchObject({ code: "conflict" });
      await engine.close();
    });

    test("of an id that there is is refused, and so is one that there is not", async () => {
      const engine = await open();
      const workflow = await loadWorkflow(APPROVAL, counted([]));
      await workflow.run({ inputs: { topic: "x" }, engine, runId: "one" }).result;
      const again = workflow.run({ inputs: { topic: "x" }, engine, runId: "one" });
      expect(await failure(again.result)).toMatchObject({ code: "conflict" });
      expect(await failure(engine.show("two"))).toMatchObject({ code: "not-found" });
      const other = { id: "old", workflow: "w", inputs: {}, document: APPROVAL as never, format: FORMAT + 1 };
      await (await engine.begin(other)).close();
      expect(await failure(resumeRun(engine, "old"))).toMatchObject({ code: "unsupported" });
      await engine.close();
    });

    test("that two take at once is run by one", async () => {
      const engine = await open();
      const services = counted([]);
      const run = (await loadWorkflow(APPROVAL, services)).run({ inputs: { topic: "x" }, engine });
      await run.result;
      const held = await engine.resume(run.runId);
      const stopped = new Promise((resolve) => held.journal.lost.addEventListener("abort", resolve));
      await engine.cancel(run.runId);
      // The holder learns of it at its next write at the latest.
      await Promise.allSettled([Promise.resolve(held.journal.setNote("x", 1))]);
      await stopped;
      expect(held.journal.lost.reason).toMatchObject({ code: "cancelled" });
      await held.journal.close();
      await engine.close();
    });
  });
}
