import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import { textOf } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-forms-"));
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
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers `A1`, `A2` …; an object with a value for each field where a schema is asked for. */
function answering(prompts: string[]) {
  return defineModel({
    id: "m",
    capabilities: { tools: true, jsonSchema: true, input: ["image"] },
    async *stream({ messages, responseFormat }) {
      prompts.push(messages.map(textOf).join(" | "));
      if (responseFormat?.type !== "json-schema") yield `A${prompts.length}`;
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

interface Given {
  inputs?: JsonObject;
  answer?: JsonValue;
}

/** What a workflow is, what it is given, what comes out, and what its models were asked. */
const WORKFLOWS: readonly [
  about: string,
  document: JsonObject,
  given: Given,
  output: unknown,
  prompts: readonly string[] | undefined,
][] = [
  [
    "templates in every form",
    {
      name: "t",
      variables: { tone: "dry" },
      inputs: { who: { type: "string", default: "Ada" } },
      steps: [
        {
          id: "a",
          type: "llm_chat",
          config: { system_message: { template: "Be {tone}.", tone: "$tone" } },
          inputs: { message: { template: "Greet {{name}} in a {tone} way", name: "$who", tone: "$tone" } },
          outputs: ["greeting"],
        },
        {
          id: "b",
          type: "llm_chat",
          inputs: { message: "Shorten: {greeting} / {{ greeting }} / {a} / {a.greeting} costs $5.00" },
        },
        {
          id: "o",
          type: "output",
          config: { format: "text" },
          inputs: { text: { template: "Result: {r}", r: { from_step: "b", field: "response" } } },
        },
      ],
    },
    {},
    "Result: A2",
    ["Be dry. | Greet Ada in a dry way", "Shorten: A1 / A1 / A1 / A1 costs $5.00"],
  ],
  [
    "references inside of values, and one to nothing that may be missing",
    {
      name: "n",
      steps: [
        { id: "i", type: "input", config: { value: { user: { name: "Bo", tags: ["x", "y"] } } }, outputs: ["data"] },
        {
          id: "s",
          type: "memory_store",
          inputs: {
            content: { from_step: "i", field: "data" },
            metadata: {
              who: { from_step: "i", field: "data.user.name" },
              list: [{ from_step: "i", field: "data.user.tags[1]" }, "lit"],
            },
          },
        },
        {
          id: "o",
          type: "output",
          inputs: {
            meta: { from_step: "s", field: "metadata" },
            opt: { from_step: "zz", field: "q", optional: true, default: "none" },
          },
        },
      ],
    },
    {},
    { meta: { who: "Bo", list: ["y", "lit"] }, opt: "none" },
    [],
  ],
  [
    "a predefined schema whose fields choose the branch",
    {
      name: "c",
      steps: [
        { id: "q", type: "input", config: { prompt: "?" }, outputs: ["user_query"] },
        {
          id: "k",
          type: "llm_structured",
          config: { response_schema: "classification" },
          inputs: { message: { from_step: "q", field: "user_query" } },
          routes: { technical: "tech", billing: "bill", default: "gen" },
        },
        { id: "tech", type: "llm_chat", inputs: { message: "Tech: {user_query}" }, outputs: ["answer"] },
        { id: "bill", type: "llm_chat", inputs: { message: "Bill: {user_query}" }, outputs: ["answer"] },
        { id: "gen", type: "llm_chat", inputs: { message: "Gen: {user_query}" }, outputs: ["answer"] },
        {
          id: "o",
          type: "output",
          inputs: {
            tech: { from_step: "tech", field: "answer", optional: true },
            bill: { from_step: "bill", field: "answer", optional: true },
            gen: { from_step: "gen", field: "answer", optional: true },
          },
        },
      ],
    },
    { inputs: { user_query: "crash" } },
    { tech: "A2", bill: null, gen: null },
    ["crash", "Tech: crash"],
  ],
  [
    "fields with types and defaults",
    {
      name: "sf",
      config: { default_llm_provider: "ollama", default_model: "x" },
      steps: [
        {
          id: "p",
          type: "llm_structured",
          config: {
            response_schema: {
              name: "Person",
              fields: {
                name: { type: "string", description: "n" },
                age: { type: "integer", default: 1 },
                tags: { type: "list" },
                ok: { type: "bool" },
                score: { type: "float" },
                d: { type: "dict" },
              },
            },
          },
          inputs: { message: "Ann, 7" },
          outputs: ["structured_response", "name", "age"],
        },
        {
          id: "r",
          type: "condition",
          config: {
            condition_type: "simple_comparison",
            left_value: { from_step: "p", field: "structured_response.age" },
            operator: ">=",
            right_value: 5,
          },
          routes: { true: "big", false: "small" },
        },
        { id: "big", type: "output", inputs: { name: { from_step: "p", field: "name" }, size: "big" } },
        { id: "small", type: "output", inputs: { name: { from_step: "p", field: "name" }, size: "small" } },
      ],
    },
    {},
    { name: "v_name", size: "big" },
    ["Ann, 7"],
  ],
  [
    "a JSON Schema",
    {
      name: "js",
      steps: [
        {
          id: "p",
          type: "llm_structured",
          config: {
            provider: "anthropic",
            response_schema: {
              type: "object",
              properties: { city: { type: "string" }, n: { type: "integer" } },
              required: ["city"],
            },
          },
          inputs: { message: "x" },
        },
        { id: "o", type: "output", inputs: { c: { from_step: "p", field: "city" }, all: { from_step: "p" } } },
      ],
    },
    {},
    { c: "v_city", all: { city: "v_city", n: 7 } },
    ["x"],
  ],
  [
    "a loop whose texts name what it is at",
    {
      name: "l",
      steps: [
        { id: "i", type: "input", config: { value: ["a", "b", "c"] }, outputs: ["items"] },
        {
          id: "l",
          type: "loop",
          config: {
            loop_type: "iterate_list",
            max_iterations: 10,
            loop_body: [
              {
                id: "x",
                type: "llm_chat",
                inputs: {
                  message: "Item {current_item} number $iteration_context.iteration_count",
                  item: "$current_item",
                },
                outputs: ["summary"],
              },
              {
                id: "y",
                type: "llm_chat",
                inputs: {
                  message: {
                    template: "Refine {s} of {n}",
                    s: { from_step: "x", field: "summary" },
                    n: "$iteration_context.total_items",
                  },
                },
              },
            ],
          },
          inputs: { items_to_process: { from_step: "i", field: "items" } },
          outputs: ["all_step_results", "successful_iterations"],
        },
        {
          id: "o",
          type: "output",
          inputs: {
            all: { from_step: "l", field: "all_step_results" },
            n: { from_step: "l", field: "successful_iterations" },
          },
        },
      ],
    },
    {},
    { all: expect.any(Array), n: 3 },
    ["Item a number 1", "Refine A1 of 3", "Item b number 2", "Refine A3 of 3", "Item c number 3", "Refine A5 of 3"],
  ],
  [
    "a way back with $iteration_context",
    {
      name: "lb",
      config: { max_iterations: 5 },
      steps: [
        {
          id: "draft",
          type: "llm_chat",
          max_iterations: 3,
          preserve_previous_results: true,
          inputs: {
            message: {
              template: "Draft {n}: improve {prev}",
              n: "$iteration_context.iteration_count",
              prev: "$iteration_context.previous_result.response",
            },
          },
        },
        {
          id: "check",
          type: "condition",
          config: {
            condition_type: "simple_comparison",
            left_value: "$iteration_context.iteration_count",
            operator: "<",
            right_value: 2,
          },
          inputs: { d: { from_step: "draft" } },
          routes: { true: "draft", false: "done" },
        },
        { id: "done", type: "output", inputs: { final: { from_step: "draft", field: "response" } } },
      ],
    },
    {},
    { final: "A2" },
    ["Draft 1: improve ", "Draft 2: improve A1"],
  ],
  [
    "a condition of a step with places",
    {
      name: "sc",
      steps: [
        { id: "n", type: "input", config: { value: 7 }, outputs: ["score"] },
        {
          id: "hi",
          type: "llm_chat",
          condition: { if: "{score} > 5", then_step: "o", else_step: "lo" },
          inputs: { message: "high {score}" },
        },
        { id: "lo", type: "llm_chat", inputs: { message: "low {score}" } },
        {
          id: "o",
          type: "output",
          inputs: {
            hi: { from_step: "hi", field: "response", optional: true },
            lo: { from_step: "lo", field: "response", optional: true },
          },
        },
      ],
    },
    {},
    { hi: "A1", lo: null },
    ["high 7"],
  ],
  [
    "a field chooses, and Python by its name",
    {
      name: "fv",
      steps: [
        {
          id: "h",
          type: "python_function",
          config: { function: "mod.status", parameter_mapping: { n: "count" } },
          inputs: { count: 3 },
          outputs: ["status", "n"],
        },
        {
          id: "c",
          type: "condition",
          config: { condition_type: "field_value", field_to_check: "status" },
          inputs: { status: { from_step: "h", field: "status" } },
          routes: { ok: "good", error: "bad", default: "bad" },
        },
        { id: "good", type: "output", inputs: { n: { from_step: "h", field: "n" } } },
        { id: "bad", type: "output", inputs: { n: "bad" } },
      ],
    },
    {},
    { n: 3 },
    [],
  ],
  [
    "a model decides",
    {
      name: "ld",
      steps: [
        { id: "q", type: "input", outputs: ["user_query"] },
        {
          id: "d",
          type: "condition",
          config: {
            condition_type: "llm_decision",
            condition_prompt: "Is '{user_query}' about code? Answer yes or no.",
            route_options: ["yes", "no"],
            default_route: "no",
          },
          inputs: { user_query: { from_step: "q", field: "user_query" } },
          routes: { yes: "a", no: "b" },
        },
        { id: "a", type: "output", inputs: { r: "code" } },
        { id: "b", type: "output", inputs: { r: "other", why: { from_step: "d", field: "reasoning" } } },
      ],
    },
    { inputs: { user_query: "x" } },
    { r: "code" },
    undefined,
  ],
  [
    "documents, chunks, memory",
    {
      name: "rag",
      config: { memory_backend: "supabase" },
      steps: [
        {
          id: "doc",
          type: "document_processing",
          config: { semantic_analysis: true },
          inputs: { file_path: "$file" },
          outputs: ["text"],
        },
        {
          id: "ch",
          type: "chunk_text",
          config: { chunk_size: 40, overlap: 5 },
          inputs: { text: { from_step: "doc", field: "text" } },
          outputs: ["chunks"],
        },
        {
          id: "st",
          type: "memory_store",
          inputs: { content: { from_step: "ch", field: "chunks" } },
          outputs: ["memory_ids"],
        },
        { id: "re", type: "memory_retrieve", config: { limit: 2 }, inputs: { query: "boats" }, outputs: ["memories"] },
        {
          id: "an",
          type: "llm_chat",
          config: { stream: true, stream_buffer: { forward_on: "sentence" } },
          stream_buffer: { forward_on: "word_count", word_count: 3 },
          inputs: { message: "Context: {memories}\n\nQ: boats?" },
        },
        {
          id: "o",
          type: "output",
          inputs: { a: { from_step: "an", field: "response" }, n: { from_step: "st", field: "stored_count" } },
        },
      ],
    },
    { inputs: { file: "notes.md" } },
    { a: "A2", n: 1 },
    undefined,
  ],
  [
    "a conversation whose id is another step's",
    {
      name: "cv",
      steps: [
        { id: "s", type: "start_conversation", config: { system_message: "Be kind" }, outputs: ["conversation_id"] },
        {
          id: "m",
          type: "add_to_conversation",
          config: { role: "user" },
          inputs: { conversation_id: { from_step: "s", field: "conversation_id" }, content: "I am Al" },
        },
        {
          id: "c",
          type: "continue_conversation",
          config: { provider: "openrouter", model: "z" },
          inputs: { conversation_id: { from_step: "s", field: "conversation_id" }, message: "Who am I?" },
        },
        {
          id: "l",
          type: "llm_chat",
          config: { use_conversation: true },
          inputs: { message: "And?", conversation_id: { from_step: "s", field: "conversation_id" } },
        },
        {
          id: "o",
          type: "output",
          inputs: {
            r: { from_step: "c", field: "assistant_response" },
            t: { from_step: "l", field: "total_messages" },
          },
        },
      ],
    },
    {},
    { r: "A1", t: 6 },
    ["Be kind | I am Al | Who am I?", "Be kind | I am Al | Who am I? | A1 | And?"],
  ],
  [
    "a choice of several with words in any case",
    {
      name: "ch",
      steps: [
        { id: "g", type: "llm_chat", inputs: { message: "idea" } },
        {
          id: "h",
          type: "human_approval",
          config: {
            approval_type: "multiple_choice",
            prompt: "Which?",
            options: ["Keep", "Drop", "Edit It"],
            default_action: "Drop",
            context_fields: ["text"],
          },
          inputs: { text: { from_step: "g", field: "response" } },
          routes: { keep: "k", drop: "d", "edit it": "e" },
        },
        { id: "k", type: "output", inputs: { r: "kept" } },
        { id: "d", type: "output", inputs: { r: "dropped" } },
        { id: "e", type: "llm_chat", inputs: { message: "Edit {text}", text: { from_step: "g", field: "response" } } },
      ],
    },
    { answer: "Edit It" },
    "A2",
    ["idea", "Edit A1"],
  ],
  [
    "an agent in a file",
    {
      name: "ac",
      steps: [
        { id: "q", type: "input", outputs: ["topic"] },
        {
          id: "a",
          type: "agent_call",
          config: { agent_file: "child.json", timeout: 60, return_outputs: ["article"] },
          inputs: { topic: { from_step: "q", field: "topic" } },
        },
        {
          id: "o",
          type: "output",
          inputs: { f: { from_step: "a", field: "final_output" }, art: { from_step: "a", field: "article" } },
        },
      ],
    },
    { inputs: { topic: "locks" } },
    { f: { article: "A1" }, art: "A1" },
    ["Write about locks"],
  ],
  [
    "files as tables and Markdown",
    {
      name: "fo",
      steps: [
        { id: "r", type: "python_function", config: { function: { module: "mod", name: "rows" } }, outputs: ["rows"] },
        {
          id: "f",
          type: "file_output",
          config: { file_path: "out/table.csv", format: "csv", create_dirs: true },
          inputs: { content: { from_step: "r", field: "rows" } },
        },
        {
          id: "m",
          type: "file_output",
          config: { file_path: "report.md", format: "markdown" },
          inputs: { content: { template: "# R\n{n}", n: { from_step: "r", field: "rows" } } },
        },
        {
          id: "o",
          type: "output",
          inputs: { f: { from_step: "f", field: "format" }, s: { from_step: "m", field: "success" } },
        },
      ],
    },
    {},
    { f: "csv", s: true },
    [],
  ],
  [
    "tools and system_prompt",
    {
      name: "tl",
      steps: [
        {
          id: "t",
          type: "tool_call",
          config: { tools: ["calc"], tool_choice: "auto", max_iterations: 3, system_prompt: "Use tools" },
          inputs: { user_input: "2+2" },
          outputs: ["response", "tool_results", "tools_used"],
        },
        {
          id: "o",
          type: "output",
          inputs: { r: { from_step: "t", field: "response" }, u: { from_step: "t", field: "tools_used" } },
        },
      ],
    },
    {},
    { r: "A1", u: [] },
    ["Use tools | 2+2"],
  ],
  [
    "json_props under both of their names",
    {
      name: "jp",
      steps: [
        { id: "i", type: "input", config: { value: "Rome" }, outputs: ["city"] },
        {
          id: "l",
          type: "llm_chat",
          json_props: {
            profile: {
              structure: { city: "{{city}}", lang: "{{lang}}" },
              description: "p",
              variables: { lang: "it" },
              required_variables: ["city"],
            },
          },
          inputs: { message: "Use {{json_profile}} and {{profile}}", city: { from_step: "i", field: "city" } },
        },
      ],
    },
    {},
    "A1",
    undefined,
  ],
  [
    "next_step and plain values",
    {
      name: "ns",
      steps: [
        { id: "a", type: "llm_chat", inputs: { message: "a" }, next_step: "c" },
        { id: "b", type: "llm_chat", inputs: { message: "b" } },
        { id: "c", type: "output", inputs: { a: "a", lit: "plain text", n: 3, t: true, z: null } },
      ],
    },
    {},
    { a: "A1", lit: "plain text", n: 3, t: true, z: null },
    ["a", "b"],
  ],
  [
    "routes by the success of a request",
    {
      name: "hr",
      steps: [
        {
          id: "g",
          type: "http_request",
          config: { method: "GET", timeout: 1, max_retries: 0 },
          inputs: { url: "http://127.0.0.1:9/x", headers: { A: { from_step: "tok" } } },
          routes: { true: "ok", false: "no" },
        },
        { id: "tok", type: "input", config: { value: "T" } },
        { id: "ok", type: "output", inputs: { r: "ok" } },
        { id: "no", type: "output", inputs: { r: "no", e: { from_step: "g", field: "error_type" } } },
      ],
    },
    {},
    { r: "no", e: "connect-failed" },
    [],
  ],
  [
    "routes with True and False, and an end",
    {
      name: "ye",
      steps: [
        {
          id: "g",
          type: "condition",
          config: {
            condition_type: "simple_comparison",
            left_value: "Hello World",
            operator: "contains",
            right_value: "World",
          },
          routes: { True: "x", False: "end" },
        },
        { id: "x", type: "llm_chat", inputs: { message: "said" }, next_step: "end" },
        { id: "never", type: "llm_chat", inputs: { message: "never" } },
      ],
    },
    {},
    "A1",
    ["said"],
  ],
];

test.each(WORKFLOWS)("%s", async (_, document, { inputs = {}, answer }, output, asked) => {
  const prompts: string[] = [];
  const services: WorkflowServices = {
    models: { "*": answering(prompts) },
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
  const workflow = await loadWorkflow({ description: "As its author wrote it.", ...document }, services);
  const run = workflow.run({
    inputs,
    onQuestion: async ({ message }) => {
      if (answer === undefined) throw new Error(`nobody expects the question ${message}`);
      return answer;
    },
  });
  expect((await run.result).output).toEqual(output);
  if (asked !== undefined) expect(prompts).toEqual(asked);
  for (const prompt of prompts) expect(prompt).not.toMatch(/\{\{?\s*[A-Za-z_][\w.]*\s*\}?\}|from_step|\$[a-z]/);
});
