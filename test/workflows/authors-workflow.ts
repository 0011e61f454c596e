import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import { textOf } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";

/** A workflow as its author wrote it, what it is given, and what comes of it. */
export interface AuthorsWorkflow {
  /** Fields of the document beside its steps. */
  more?: JsonObject;
  steps: JsonValue;
  inputs?: JsonObject;
  /** What the models answer, in order. After them: `A1`, `A2` …, or an example of the schema that is asked for. */
  answers?: string[];
  /** What somebody who is asked answers. */
  answer?: JsonValue;
  output: unknown;
  prompts?: string[];
  /** Whether prompts have braces or dollars that are no places of the workflow's. */
  braces?: true;
}

/** Runs a workflow and expects its output, its prompts, and that no place in them was left unfilled. */
export async function runAuthorsWorkflow(given: AuthorsWorkflow): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-authors-"));
  try {
    writeFiles(folder);
    const prompts: string[] = [];
    const document = { name: "w", description: "As its author wrote it.", ...given.more, steps: given.steps };
    const workflow = await loadWorkflow(document, servicesIn(folder, prompts, given.answers ?? []));
    const run = workflow.run({
      inputs: given.inputs ?? {},
      onQuestion: async ({ message }) => {
        if (given.answer === undefined) throw new Error(`nobody expects the question ${message}`);
        return given.answer;
      },
    });
    expect((await run.result).output).toEqual(given.output);
    if (given.prompts !== undefined) expect(prompts).toEqual(given.prompts);
    if (given.braces) return;
    for (const prompt of prompts) expect(prompt).not.toMatch(/\{\{?\s*[A-Za-z_][\w.]*\s*\}?\}|from_step|\$[a-z]/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFiles(folder: string): void {
  writeFileSync(join(folder, "notes.md"), "# Title\n\nRiver gates regulate water. Locks lift boats.\n");
  const child = {
    name: "child",
    steps: [
      { id: "in", type: "input", outputs: ["topic"] },
      { id: "w", type: "llm_chat", inputs: { message: "Write about {topic}" }, outputs: ["article"] },
      { id: "o", type: "output", inputs: { article: { from_step: "w", field: "article" } } },
    ],
  };
  writeFileSync(join(folder, "child.json"), JSON.stringify(child));
}

function servicesIn(folder: string, prompts: string[], answers: readonly string[]): WorkflowServices {
  return {
    models: { "*": answering(prompts, answers) },
    folder,
    http: { allowPrivate: ["127.0.0.1"] },
    tools: [tool({ name: "calc", input: { type: "object", properties: {} }, run: () => 4 })],
    functions: {
      "mod.status": ({ n, count }) => ({ status: "ok", n: n ?? count ?? null }),
      "mod.rows": () => ({
        rows: [
          { a: 1, b: "x" },
          { a: 2, b: "=y" },
        ],
      }),
    },
  };
}

function answering(prompts: string[], answers: readonly string[]) {
  return defineModel({
    id: "m",
    capabilities: { tools: true, jsonSchema: true, input: ["image"] },
    async *stream({ messages, responseFormat }) {
      prompts.push(messages.map(textOf).join(" | "));
      const answer = answers[prompts.length - 1];
      if (answer !== undefined) yield answer;
      else if (responseFormat?.type !== "json-schema") yield `A${prompts.length}`;
      else yield JSON.stringify(objectOf(responseFormat.schema));
    },
  });
}

function objectOf(schema: unknown): JsonObject {
  const { properties } = schema as { properties?: JsonObject };
  return Object.fromEntries(Object.entries(properties ?? {}).map(([name, field]) => [name, exampleOf(name, field)]));
}

function exampleOf(name: string, field: JsonValue): JsonValue {
  if (name === "category" || !isJsonObject(field)) return "technical";
  if (Array.isArray(field.enum)) return field.enum[0] ?? null;
  const values: JsonObject = { number: 0.9, integer: 7, boolean: true, array: ["x"], object: {} };
  return values[String(field.type)] ?? `v_${name}`;
}

export const chat = (id: string, message: JsonValue, more: JsonObject = {}): JsonObject => ({
  id,
  type: "llm_chat",
  inputs: { message },
  ...more,
});

export const from = (step: string, field?: string, more: JsonObject = {}): JsonObject => ({
  from_step: step,
  ...(field !== undefined && { field }),
  ...more,
});

export const given = (id: string, value: JsonValue, more: JsonObject = {}): JsonObject => ({
  id,
  type: "input",
  config: { value },
  ...more,
});

export const output = (inputs: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: "out",
  type: "output",
  inputs,
  ...more,
});
