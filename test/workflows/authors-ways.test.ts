import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import { textOf } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { problems } from "./play.js";

/** Says what it is told to, in order; then `A1`, `A2` … */
function saying(prompts: string[], says: readonly string[]) {
  return defineModel({
    id: "m",
    capabilities: { tools: true, jsonSchema: true },
    stream({ messages }) {
      prompts.push(messages.map(textOf).join(" | "));
      return [says[prompts.length - 1] ?? `A${prompts.length}`];
    },
  });
}

interface Way {
  /** Fields of the document beside its steps. */
  more?: JsonObject;
  steps: JsonValue[];
  inputs?: JsonObject;
  /** What the models say, in order. */
  says?: string[];
  /** What somebody who is asked answers. */
  answer?: JsonValue;
  output: unknown;
  prompts?: string[];
}

const chat = (id: string, message: JsonValue, more: JsonObject = {}): JsonObject => ({
  id,
  type: "llm_chat",
  inputs: { message },
  ...more,
});
const from = (step: string, field?: string, more: JsonObject = {}): JsonObject => ({
  from_step: step,
  ...(field !== undefined && { field }),
  ...more,
});
const given = (id: string, value: JsonValue, more: JsonObject = {}): JsonObject => ({
  id,
  type: "input",
  config: { value },
  ...more,
});
const output = (inputs: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: "out",
  type: "output",
  inputs,
  ...more,
});

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

/** A loop whose body leads elsewhere. */
const LEAVING = (routes: JsonObject): JsonValue[] => [
  {
    id: "each",
    type: "loop",
    config: {
      loop_body: [
        chat("try", "Do {current_item}, {$iteration_context.iteration_count} of $iteration_context.total_items"),
        {
          id: "check",
          type: "condition",
          config: { condition_type: "field_value", field_to_check: "said" },
          inputs: { said: from("try", "response") },
          routes,
        },
        chat("polish", "Polish {current_item}"),
      ],
    },
    inputs: { items_to_process: ["a", "b"] },
    next_step: "good",
  },
  { id: "broken", type: "output", inputs: { failed: "yes" } },
  { id: "good", type: "output", inputs: { all: from("each", "results") } },
];

const WAYS: Record<string, Way> = {
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
  "the bare name of an input of the run": {
    more: { inputs: { user_query: { type: "string", required: true } } },
    steps: [chat("say", "user_query"), output({ asked: "user_query", said: from("say") })],
    inputs: { user_query: "Why?" },
    output: { asked: "Why?", said: "A1" },
    prompts: ["Why?"],
  },
  "the run as a step": {
    steps: [chat("say", "About {text}", { inputs: { message: "About {text}", text: from("input", "text") } })],
    inputs: { text: "locks" },
    output: "A1",
    prompts: ["About locks"],
  },
  "a variable as a field of variables": {
    more: { variables: { who: { name: "Ada" } } },
    steps: [chat("say", "Hi {w}", { inputs: { message: "Hi {w}", w: from("variables", "who.name") } })],
    output: "A1",
    prompts: ["Hi Ada"],
  },
  "an input step without outputs, under a name of others": {
    steps: [
      given("collect", "Some text"),
      chat("say", "On {c}", { inputs: { message: "On {c}", c: from("collect", "response") } }),
    ],
    output: "A1",
    prompts: ["On Some text"],
  },
  "an input step without outputs, by two of its fields": {
    steps: [
      given("who", { name: "Ada", age: 36 }),
      chat("say", "{n} is {a}", { inputs: { message: "{n} is {a}", n: from("who", "name"), a: from("who", "age") } }),
    ],
    output: "A1",
    prompts: ["Ada is 36"],
  },
  "an input step without outputs that is given by its field": {
    steps: [
      { id: "ask", type: "input", config: { prompt: "?" } },
      chat("say", "On {q}", { inputs: { message: "On {q}", q: from("ask", "question") } }),
    ],
    inputs: { question: "boats" },
    output: "A1",
    prompts: ["On boats"],
  },
  "a schema that is a JSON structure": {
    steps: [
      {
        id: "make",
        type: "llm_structured",
        json_props: { shape: { structure: { items: [{ title: "a title", type: "kind of it" }], total: 1, ok: true } } },
        config: { response_schema: "{{json_shape_dict}}" },
        inputs: { message: "Make {{json_shape}}" },
      },
      output({ total: from("make", "total"), first: from("make", "items[0].title") }),
    ],
    says: ['{"items":[{"title":"T","type":"k"}],"total":2,"ok":false}'],
    output: { total: 2, first: "T" },
  },
  "a schema by example, with scales": {
    steps: [
      {
        id: "make",
        type: "llm_structured",
        config: { response_schema: { mood: "one word", scores: { joy: "1-10 scale" }, tags: ["tag"] } },
        inputs: { message: "Make" },
      },
      output({ mood: from("make", "mood"), joy: from("make", "scores.joy") }),
    ],
    says: ['{"mood":"good","scores":{"joy":"7"},"tags":[]}'],
    output: { mood: "good", joy: "7" },
  },
  "what joins branches by a name that all of them make": {
    steps: EXPERTS({ template: "Say: {answer}", answer: "{{EXPERT_RESPONSE}}" }),
    says: ['{"decision":"art"}'],
    output: { text: "A3" },
    prompts: [expect.any(String) as never, "Art: Why?", "Say: A2"],
  },
  "what joins branches by a bare name": {
    steps: EXPERTS("Say: {expert_response}"),
    says: ['{"decision":"law"}'],
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
  "a loop's body that goes on with the next item": {
    steps: LEAVING({ ok: "polish", skip: "continue" }),
    says: ["skip", "ok"],
    output: { all: [expect.anything(), "A3"] },
    prompts: ["Do a, 1 of 2", "Do b, 2 of 2", "Polish b"],
  },
  "a loop's body that leaves it for a step beside it": {
    steps: LEAVING({ ok: "polish", fail: "broken" }),
    says: ["fail"],
    output: { failed: "yes" },
    prompts: ["Do a, 1 of 2"],
  },
  "a loop's body that breaks": {
    steps: LEAVING({ ok: "polish", enough: "break" }),
    says: ["ok", "A2", "enough"],
    output: { all: ["A2", expect.anything()] },
    prompts: ["Do a, 1 of 2", "Polish a", "Do b, 2 of 2"],
  },
  "a loop's body that tries an item again keeps the count of items": {
    steps: LEAVING({ ok: "polish", retry: "try" }),
    says: ["retry", "ok", "P", "ok"],
    output: { all: ["P", "A5"] },
    prompts: ["Do a, 1 of 2", "Do a, 1 of 2", "Polish a", "Do b, 2 of 2", "Polish b"],
  },
  "tools without a message": {
    steps: [
      given("a", "first", { outputs: ["a"] }),
      {
        id: "use",
        type: "tool_call",
        config: { tools: ["calc"], system_prompt: "Compare them." },
        inputs: { left: from("a", "a"), right: "second" },
      },
    ],
    output: "A1",
    prompts: ["Compare them. | left:\nfirst\n\nright:\nsecond"],
  },
  "tools with instructions alone": {
    steps: [{ id: "use", type: "tool_call", config: { tools: ["calc"], prompt: "Add 2 and 2." } }],
    output: "A1",
    prompts: ["Add 2 and 2."],
  },
  "an approval in other words": {
    steps: [
      {
        id: "ok",
        type: "human_approval",
        config: { approval_prompt: "Go on?", include_context: true },
        inputs: { task: "paint" },
        outputs: ["approved", "feedback"],
        routes: { approved: "go", rejected: "stop_here" },
      },
      { id: "go", type: "output", inputs: { approved: from("ok", "approved") } },
      { id: "stop_here", type: "output", inputs: { r: "no" } },
    ],
    answer: { decision: "approve" },
    output: { approved: true },
  },
  "a structured output": {
    steps: [given("a", 1, { outputs: ["n"] }), output({ n: from("a", "n") }, { config: { format: "structured" } })],
    output: { n: 1 },
  },
  "a text with several $names, one of them not declared": {
    more: { variables: { tone: "dry" } },
    steps: [chat("say", "In a $tone tone, on $subject_text. It costs $5 or $USD.")],
    inputs: { subject_text: "gates" },
    output: "A1",
    prompts: ["In a dry tone, on gates. It costs $5 or $USD."],
  },
  "a dollar where nothing is declared": {
    steps: [chat("say", "Explain echo $home_dir in shell")],
    output: "A1",
    prompts: ["Explain echo $home_dir in shell"],
  },
  "defaults deep in a template": {
    steps: [
      given("user", { profile: { name: "Bo" } }, { outputs: ["user"] }),
      chat("say", {
        template: "Hi {{ name }}, {{ nick }} of {{ place.city }}",
        name: from("user", "user.profile.name"),
        nick: from("user", "user.profile.nick", { optional: true, default: "friend" }),
        place: { city: from("user", "user.city", { default: "Rome" }) },
      }),
    ],
    output: "A1",
    prompts: ["Hi Bo, friend of Rome"],
  },
  "alternatives and comments everywhere": {
    more: { _comment: "x", _alternatives: { a: { steps: [] } } },
    steps: [
      {
        ...chat("say", "Hi"),
        _alternatives: { cheap: { provider: "x" } },
        config: { _note: "x", "//": "y", temperature: 0.2, _alternatives: { provider: ["a", "b"] } },
      },
    ],
    output: "A1",
    prompts: ["Hi"],
  },
  "loop.over with a step, and items by both of their names": {
    steps: [
      given("list", ["a", "b"], { outputs: ["names"] }),
      chat("each", "Do {item} / $current_item / {{ current_item }}", { loop: { over: from("list", "names") } }),
      output({ all: from("each", "response") }),
    ],
    output: { all: ["A1", "A2"] },
    prompts: ["Do a / a / a", "Do b / b / b"],
  },
  "keys of prototypes are names": {
    steps: [
      given("constructor", "c", { outputs: ["toString"] }),
      chat("say", "{toString} {c}", { inputs: { message: "{toString} {c}", c: from("constructor", "toString") } }),
    ],
    output: "A1",
    prompts: ["c c"],
  },
  "a number, a list and an object as a whole text": {
    steps: [
      given("n", 7, { outputs: ["count"] }),
      chat("say", { from_step: "n", field: "count" }),
      output({ n: "{count}", list: ["{count}", { deep: "{{count}}" }] }),
    ],
    output: { n: 7, list: [7, { deep: 7 }] },
    prompts: ["7"],
  },
  "Jinja's filters, tags and counters": {
    steps: [
      given("i", ["a", "b"], { outputs: ["items"] }),
      chat("say", {
        template:
          "{% for i in items %}{{ loop.index }}. {{ i | upper }}{% if not loop.last %}{% elif i %}!{% endif %} {% endfor %}{{ items | join(', ') }}; {{ items | length }}; {{ who | default('all (of you)') | title }}",
      }),
    ],
    output: "A1",
    prompts: ["1. A 2. B! a, b; 2; All (Of You)"],
  },
  "a name with a default needs no value, and has one where it is given": {
    steps: [chat("say", "Hi {{ name | default: 'you' }} and {{ other | default('them') }}")],
    inputs: { other: "Bo" },
    output: "A1",
    prompts: ["Hi you and Bo"],
  },
  "JSON in doubled braces, as Python's texts have it": {
    steps: [
      given("n", 3, { outputs: ["n"] }),
      chat("say", 'Answer as {{"n": {n}, "deep": {{"k": []}}}} or {"x": {}} or {{"open": 1'),
    ],
    output: "A1",
    prompts: ['Answer as {"n": 3, "deep": {"k": []}} or {"x": {}} or {{"open": 1'],
  },
  "what is asked stands in the config": {
    more: { inputs: { q: {} } },
    steps: [{ id: "say", type: "llm_chat", config: { prompt: "Answer: {{q}}" } }],
    inputs: { q: "why?" },
    output: "A1",
    prompts: ["Answer: why?"],
  },
  "messages with roles": {
    more: { variables: { x: "1" } },
    steps: [
      {
        id: "say",
        type: "llm_chat",
        inputs: {
          messages: [
            { role: "system", content: "S {x}" },
            { role: "user", content: "U $x" },
          ],
        },
      },
    ],
    output: "A1",
    prompts: ["S 1 | U 1"],
  },
  "an output with a template": {
    steps: [
      chat("say", "Hi"),
      output(
        { answer: from("say", "response") },
        { config: { format: "text", template: "{say.response} / {answer}" } },
      ),
    ],
    output: "A1 / A1",
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
  "the count of a loop by its usual names": {
    steps: [
      {
        id: "l",
        type: "loop",
        config: { loop_body: [chat("s", "{item} {index} {loop_index} {iteration_count}", { outputs: ["t"] })] },
        inputs: { items: ["x", "y"] },
      },
      output({ n: from("l", "total_iterations") }),
    ],
    output: { n: 2 },
    prompts: ["x 0 0 1", "y 1 1 2"],
  },
  "inputs as a JSON Schema": {
    more: {
      inputs: {
        type: "object",
        properties: { topic: { type: "string" }, n: { type: "integer", default: 2 }, x: {} },
        required: ["topic"],
      },
    },
    steps: [chat("say", "{topic} {n}")],
    inputs: { topic: "x" },
    output: "A1",
    prompts: ["x 2"],
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
  "an evaluation's score as the only output": {
    steps: [
      {
        id: "e",
        type: "concept_evaluation",
        config: {
          evaluation_definition: {
            name: "E",
            prompt_template: "Say {{w}}",
            test_cases: [{ name: "t", context: { w: "hi" } }],
            concept_checks: [{ type: "must_contain", concept: "greeting" }],
          },
        },
      },
      output({ score: from("e", "overall_score") }),
    ],
    says: ["hi", "REASONING: x\nANSWER: YES\nCONFIDENCE: 0.9"],
    output: { score: 0.9 },
  },
  "a structured answer as the only output": {
    steps: [
      { id: "s", type: "llm_structured", config: { response_schema: { a: "string" } }, inputs: { message: "x" } },
      output({ data: from("s") }),
    ],
    says: ['{"a":"1"}'],
    output: { data: { a: "1" } },
  },
  "routes by a sentence, a number and a mark": {
    steps: [
      chat("rate", "Rate", { routes: { "1": "bad", "5": "good", default: "bad" } }),
      { id: "bad", type: "output", inputs: { r: "bad" } },
      { id: "good", type: "output", inputs: { r: "good" } },
    ],
    says: ["**5**\nbecause it is fine"],
    output: { r: "good" },
  },
};

test.each(Object.entries(WAYS))("%s", async (_, way) => {
  const prompts: string[] = [];
  const services: WorkflowServices = {
    models: { "*": saying(prompts, way.says ?? []) },
    tools: [tool({ name: "calc", input: { type: "object", properties: {} }, run: () => 4 })],
  };
  const document = { name: "w", description: "As its author wrote it.", ...way.more, steps: way.steps };
  const workflow = await loadWorkflow(document, services);
  const run = workflow.run({
    inputs: way.inputs ?? {},
    onQuestion: async ({ message }) => {
      if (way.answer === undefined) throw new Error(`nobody expects the question ${message}`);
      return way.answer;
    },
  });
  expect((await run.result).output).toEqual(way.output);
  if (way.prompts !== undefined) expect(prompts).toEqual(way.prompts);
});

test.each<[what: string, steps: JsonValue, path: string, says: RegExp]>([
  [
    "a text as a loop's body",
    [chat("a", "x", { loop: { over: ["a"], body: "do it" } })],
    "steps[0].loop.body",
    /leave it out/,
  ],
  ["a name that is none", [chat("a", "Hi {{ name ?? 'you' }}")], "steps[0].inputs.message", /\?\? is no name/],
  [
    "what is done with a failure, mistyped",
    [chat("a", "x", { on_error: { gotto: "b" } }), chat("b", "y")],
    "steps[0].on_error.gotto",
    /did you mean goto/,
  ],
  [
    "the ids of steps as a body",
    [{ id: "l", type: "loop", config: { loop_body: ["a"] }, inputs: { items: ["x"] } }],
    "steps[0].config.loop_body[0]",
    /steps themselves/,
  ],
  [
    "an id as a body",
    [{ id: "l", type: "loop", config: { loop_body: "a" }, inputs: { items: ["x"] } }],
    "steps[0].config.loop_body",
    /steps themselves/,
  ],
  [
    "a type of a schema that is mistyped",
    [{ id: "s", type: "llm_structured", config: { response_schema: { n: "integr" } }, inputs: { message: "x" } }],
    "steps[0]",
    /there is no type "integr"/,
  ],
  [
    "a way out of a body that leads nowhere",
    [
      {
        id: "l",
        type: "loop",
        config: { loop_body: [chat("x", "y", { routes: { a: "zzz" } })] },
        inputs: { items: ["x"] },
      },
    ],
    "steps[0].config.loop_body[0].routes.a",
    /continue for the next item/,
  ],
])("%s is said, with what to do", async (_, steps, path, says) => {
  const found = await problems(steps);
  const one = found.find((problem) => problem.path === path);
  expect(`${one?.message} — ${one?.suggestion}`, JSON.stringify(found)).toMatch(says);
  expect(one?.severity).toBe("error");
});
