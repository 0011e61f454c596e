import { expect, test } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import { type AuthorsWorkflow, chat, from, given, output, runAuthorsWorkflow } from "./authors-workflow.js";

/** The three branches of a choice, and what joins them. */
const EXPERTS = (joined: JsonValue): JsonValue[] => [
  given("question", "Why?", { outputs: ["question"] }),
  {
    id: "router",
    type: "condition",
    config: { condition_prompt: "Which?", route_options: ["science", "art", "law"] },
    inputs: { question: from("question", "question") },
    routes: { science: "science_expert", art: "art_expert", law: "law_expert" },
  },
  chat("science_expert", "Science: {question}"),
  chat("art_expert", "Art: {question}"),
  chat("law_expert", "Law: {question}"),
  chat("synthesis", joined),
  output({ text: from("synthesis", "response") }),
];

const WORKFLOWS: Record<string, AuthorsWorkflow> = {
  "a predefined schema whose fields choose the branch": {
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
    inputs: { user_query: "crash" },
    output: { tech: "A2", bill: null, gen: null },
    prompts: ["crash", "Tech: crash"],
  },
  "a condition of a step with places": {
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
    output: { hi: "A1", lo: null },
    prompts: ["high 7"],
  },
  "a field chooses, and Python by its name": {
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
    output: { n: 3 },
    prompts: [],
  },
  "a model decides": {
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
    inputs: { user_query: "x" },
    output: { r: "code" },
  },
  "next_step and plain values": {
    steps: [
      { id: "a", type: "llm_chat", inputs: { message: "a" }, next_step: "c" },
      { id: "b", type: "llm_chat", inputs: { message: "b" } },
      { id: "c", type: "output", inputs: { a: "a", lit: "plain text", n: 3, t: true, z: null } },
    ],
    output: { a: "A1", lit: "plain text", n: 3, t: true, z: null },
    prompts: ["a", "b"],
  },
  "routes by the success of a request": {
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
    output: { r: "no", e: "connect-failed" },
    prompts: [],
  },
  "routes with True and False, and an end": {
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
    output: "A1",
    prompts: ["said"],
  },
  "a step's condition that compares, with fields": {
    steps: [
      given("pick", { agent: "weather_agent" }, { outputs: ["agent"] }),
      chat("weather", "Weather", {
        condition: {
          condition_type: "simple_comparison",
          left_value: from("pick", "agent"),
          operator: "contains",
          right_value: "weather",
        },
      }),
      chat("chat", "Chat", {
        condition: {
          condition_type: "simple_comparison",
          left_value: from("pick", "agent"),
          operator: "contains",
          right_value: "chat",
        },
      }),
      output({ w: from("weather", "response", { optional: true }), c: from("chat", "response", { optional: true }) }),
    ],
    output: { w: "A1", c: null },
    prompts: ["Weather"],
  },
  "a step's condition with field, operator and value, over a name": {
    more: { variables: { score: 3 } },
    steps: [
      chat("low", "Low", { condition: { field: "score", operator: "less_than", value: 5 } }),
      output({ r: from("low") }),
    ],
    output: { r: "A1" },
  },
  "a condition step whose condition stands beside its config": {
    steps: [
      given("gate", { passed: true }, { outputs: ["passed"] }),
      {
        id: "check",
        type: "condition",
        condition: { field: from("gate", "passed"), operator: "==", value: true },
        routes: { true: "yes", false: "no" },
      },
      { id: "yes", type: "output", inputs: { r: "yes" } },
      { id: "no", type: "output", inputs: { r: "no" } },
    ],
    output: { r: "yes" },
  },
  "what joins branches by a name that all of them make": {
    steps: EXPERTS({ template: "Say: {answer}", answer: "{{EXPERT_RESPONSE}}" }),
    answers: ['{"decision":"art"}'],
    output: { text: "A3" },
    prompts: [expect.any(String) as never, "Art: Why?", "Say: A2"],
  },
  "what joins branches by a bare name": {
    steps: EXPERTS("Say: {expert_response}"),
    answers: ['{"decision":"law"}'],
    output: { text: "A3" },
    prompts: [expect.any(String) as never, "Law: Why?", "Say: A2"],
  },
  "branches that declare the same output": {
    steps: [
      given("way", "b", { routes: { a: "one", b: "two" } }),
      chat("one", "One", { outputs: ["answer"] }),
      chat("two", "Two", { outputs: ["answer"] }),
      output({ text: "It is {answer}" }),
    ],
    output: { text: "It is A1" },
    prompts: ["Two"],
  },
  "a condition with then and else": {
    steps: [
      given("s", 85, { outputs: ["score"] }),
      {
        id: "check",
        type: "condition",
        condition: JSON.parse('{"if": "{score} >= 80", "then": "good", "else": "bad"}'),
      },
      chat("good", "good"),
      chat("bad", "bad"),
    ],
    output: "A1",
    prompts: ["good"],
  },
  "a condition in the config": {
    steps: [
      given("s", 5, { outputs: ["n"] }),
      {
        id: "check",
        type: "condition",
        config: { condition: "n > 3" },
        routes: { true: "y", false: "z" },
      },
      chat("y", "more"),
      chat("z", "less"),
    ],
    output: "A1",
    prompts: ["more"],
  },
  "a failure that goes to a step by another name": {
    steps: [
      { id: "x", type: "document_processing", inputs: { file_path: "missing.md" }, on_error: { goto: "fix" } },
      chat("fine", from("x", "text"), { next_step: "end" }),
      chat("fix", "fixing"),
    ],
    output: "A1",
    prompts: ["fixing"],
  },
  "routes by a sentence, a number and a mark": {
    steps: [
      chat("rate", "Rate", { routes: { "1": "bad", "5": "good", default: "bad" } }),
      { id: "bad", type: "output", inputs: { r: "bad" } },
      { id: "good", type: "output", inputs: { r: "good" } },
    ],
    answers: ["**5**\nbecause it is fine"],
    output: { r: "good" },
  },
};

test.each(Object.entries(WORKFLOWS))("%s", (_, workflow) => runAuthorsWorkflow(workflow));
