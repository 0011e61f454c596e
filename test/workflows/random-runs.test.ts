import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import type { RunJournal, WorkflowEngine } from "../../src/workflows/engines/engine.js";
import { MemoryEngine } from "../../src/workflows/engines/memory-engine.js";
import { answerQuestion, resumeRun } from "../../src/workflows/resume-run.js";
import type { WorkflowRun } from "../../src/workflows/run/workflow-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";

/** What a step of a random workflow does. */
interface Shape {
  kind: "work" | "router" | "ask" | "flaky" | "fails";
  /** Which of the steps before it are read, as shares of them. */
  reads: number[];
  /** Of a router: which branch is taken. */
  branch: boolean;
}

const shape = fc.record<Shape>({
  kind: fc.constantFrom("work", "work", "work", "router", "ask", "flaky", "fails"),
  reads: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 3 }),
  branch: fc.boolean(),
});

/** A workflow of these shapes. A router is followed by its two branches. */
function documentOf(shapes: readonly Shape[]): { document: JsonObject; routers: Map<string, boolean> } {
  const steps: JsonObject[] = [];
  const routers = new Map<string, boolean>();
  for (const [index, { kind, reads, branch }] of shapes.entries()) {
    const id = `s${index}`;
    const read = [...new Set(reads.map((share) => String(steps[Math.floor(share * steps.length)]?.id)))];
    const inputs = Object.fromEntries(
      read.filter((from) => from !== "undefined").map((from) => [from, { from_step: from, optional: true }]),
    );
    const work = (name: string, more: JsonObject = {}): JsonObject => ({
      id: name,
      type: "function",
      config: { function: "work" },
      inputs: { ...inputs, id: name },
      ...more,
    });
    switch (kind) {
      case "work":
        steps.push(work(id));
        break;
      case "flaky":
        steps.push(work(id, { config: { function: "flaky" }, retry: { attempts: 2, delay_seconds: 0 } }));
        break;
      case "fails":
        steps.push(work(id, { config: { function: "fails" }, on_error: { action: "continue", default: "gone" } }));
        break;
      case "ask":
        steps.push({ id, type: "input", config: { prompt: id }, outputs: [`said_${id}`] });
        break;
      case "router":
        steps.push(work(id, { config: { function: branch ? "yes" : "no" }, routes: { yes: `${id}y`, no: `${id}n` } }));
        steps.push(work(`${id}y`), work(`${id}n`));
        routers.set(id, branch);
        break;
      default:
        kind satisfies never;
    }
  }
  return { document: { name: "random", steps }, routers };
}

/** What has happened over all processes of a run. */
interface World {
  began: string[];
  finished: string[];
  /** Steps that were recorded as over: they must never begin again. */
  recorded: Set<string>;
  problems: string[];
}

function servicesOf(world: World, tries: Map<string, number>): WorkflowServices {
  const work = async (inputs: JsonObject, result: JsonValue = null) => {
    const id = String(inputs.id);
    if (world.recorded.has(id)) world.problems.push(`${id} ran again`);
    for (const [read, value] of Object.entries(inputs)) {
      // What a person said, and what a skipped step did not make, is no work.
      const isWork = read !== "id" && value !== null && value !== "said";
      if (isWork && !world.finished.includes(read)) world.problems.push(`${id} before ${read}`);
    }
    world.began.push(id);
    await null;
    world.finished.push(id);
    return result ?? id;
  };
  return {
    functions: {
      work: (inputs) => work(inputs),
      yes: (inputs) => work(inputs, "yes"),
      no: (inputs) => work(inputs, "no"),
      fails: async (inputs) => {
        await work(inputs);
        throw new Error("for good");
      },
      flaky: async (inputs) => {
        const id = String(inputs.id);
        tries.set(id, (tries.get(id) ?? 0) + 1);
        if ((tries.get(id) ?? 0) % 2 === 1) throw new Error("once");
        return work(inputs);
      },
    },
  };
}

/** An engine whose process dies after so many records: what it would have written then is not written. */
function dying(engine: MemoryEngine, world: World, lives: number): WorkflowEngine {
  let left = lives;
  const mortal = (journal: RunJournal): RunJournal => ({
    ...journal,
    record: (record) => {
      if (left-- <= 0) throw new Error("killed");
      world.recorded.add(record.key);
      return journal.record(record);
    },
    finish: async (state) => {
      if (left > 0) await journal.finish(state);
    },
  });
  return new Proxy(engine, {
    get(target, name) {
      if (name === "begin")
        return async (run: Parameters<WorkflowEngine["begin"]>[0]) => mortal(await target.begin(run));
      if (name === "resume") {
        return async (id: string) => {
          const { run, journal } = await target.resume(id);
          return { run, journal: mortal(journal) };
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function settle(run: WorkflowRun): Promise<"completed" | "waiting" | "died"> {
  try {
    return (await run.result).status;
  } catch (thrown) {
    if (thrown instanceof Error && /killed/.test(thrown.message)) return "died";
    throw thrown;
  }
}

test("random workflows with branches, failures, questions and kills: in order, exclusive, nothing twice, nothing hangs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(shape, { minLength: 1, maxLength: 14 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
      async (shapes, deaths) => {
        const { document, routers } = documentOf(shapes);
        const world: World = { began: [], finished: [], recorded: new Set(), problems: [] };
        const services = servicesOf(world, new Map());
        const engine = new MemoryEngine();
        const workflow = await loadWorkflow(document, services);
        let run = workflow.run({ engine: dying(engine, world, deaths.shift() ?? 1_000), runId: "run" });
        let state = await settle(run);
        for (let round = 0; state !== "completed"; round++) {
          if (round > 60) throw new Error("it does not come to its end");
          for (const { id } of state === "waiting" ? (await engine.show("run")).questions : []) {
            await answerQuestion(engine, "run", id, "said");
          }
          run = await resumeRun(dying(engine, world, deaths.shift() ?? 1_000), "run", services);
          state = await settle(run);
        }
        expect(world.problems).toEqual([]);
        const { results } = await run.result;
        for (const [id, branch] of routers) {
          if (!(id in results)) continue;
          expect([`${id}y` in results, `${id}n` in results]).toEqual([branch, !branch]);
        }
        expect(run.steps.map((step) => step.state)).not.toContain("pending");
      },
    ),
    { numRuns: 60, seed: 14 },
  );
});
