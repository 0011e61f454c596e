import { test } from "vitest";
import { type AuthorsWorkflow, chat, from, given, output, runAuthorsWorkflow } from "./authors-workflow.js";

const WORKFLOWS: Record<string, AuthorsWorkflow> = {
  "templates in every form": {
    more: { name: "t", variables: { tone: "dry" }, inputs: { who: { type: "string", default: "Ada" } } },
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
    output: "Result: A2",
    prompts: ["Be dry. | Greet Ada in a dry way", "Shorten: A1 / A1 / A1 / A1 costs $5.00"],
  },
  "references inside of values, and one to nothing that may be missing": {
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
    output: { meta: { who: "Bo", list: ["y", "lit"] }, opt: "none" },
    prompts: [],
  },
  "fields with types and defaults": {
    more: { name: "sf", config: { default_llm_provider: "ollama", default_model: "x" } },
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
    output: { name: "v_name", size: "big" },
    prompts: ["Ann, 7"],
  },
  "a JSON Schema": {
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
    output: { c: "v_city", all: { city: "v_city", n: 7 } },
    prompts: ["x"],
  },
  "files as tables and Markdown": {
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
    output: { f: "csv", s: true },
    prompts: [],
  },
  "json_props under both of their names": {
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
    output: "A1",
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
    answers: ['{"items":[{"title":"T","type":"k"}],"total":2,"ok":false}'],
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
    answers: ['{"mood":"good","scores":{"joy":"7"},"tags":[]}'],
    output: { mood: "good", joy: "7" },
  },
  "a text with several $names, one of them not declared": {
    more: { variables: { tone: "dry" } },
    steps: [chat("say", "In a $tone tone, on $subject_text. It costs $5 or $USD.")],
    inputs: { subject_text: "gates" },
    output: "A1",
    prompts: ["In a dry tone, on gates. It costs $5 or $USD."],
  },
  "a dollar where nothing is declared": {
    braces: true,
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
};

test.each(Object.entries(WORKFLOWS))("%s", (_, workflow) => runAuthorsWorkflow(workflow));
