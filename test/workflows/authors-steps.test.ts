import { test } from "vitest";
import { type AuthorsWorkflow, from, given, output, runAuthorsWorkflow } from "./authors-workflow.js";

const WORKFLOWS: Record<string, AuthorsWorkflow> = {
  "documents, chunks, memory": {
    more: { name: "rag", config: { memory_backend: "supabase" } },
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
    inputs: { file: "notes.md" },
    output: { a: "A2", n: 1 },
  },
  "a conversation whose id is another step's": {
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
    output: { r: "A1", t: 6 },
    prompts: ["Be kind | I am Al | Who am I?", "Be kind | I am Al | Who am I? | A1 | And?"],
  },
  "a choice of several with words in any case": {
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
    answer: "Edit It",
    output: "A2",
    prompts: ["idea", "Edit A1"],
  },
  "an agent in a file": {
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
    inputs: { topic: "locks" },
    output: { f: { article: "A1" }, art: "A1" },
    prompts: ["Write about locks"],
  },
  "tools and system_prompt": {
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
    output: { r: "A1", u: [] },
    prompts: ["Use tools | 2+2"],
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
    answers: ["hi", "REASONING: x\nANSWER: YES\nCONFIDENCE: 0.9"],
    output: { score: 0.9 },
  },
  "a structured answer as the only output": {
    steps: [
      { id: "s", type: "llm_structured", config: { response_schema: { a: "string" } }, inputs: { message: "x" } },
      output({ data: from("s") }),
    ],
    answers: ['{"a":"1"}'],
    output: { data: { a: "1" } },
  },
};

test.each(Object.entries(WORKFLOWS))("%s", (_, workflow) => runAuthorsWorkflow(workflow));
