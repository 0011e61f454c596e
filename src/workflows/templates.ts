import type { JsonObject } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import { filledString } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";

/** Workflows to begin with, by name. */
const TEMPLATES: Readonly<Record<string, JsonObject>> = {
  chat: {
    name: "chat",
    description: "Answers a question.",
    inputs: { question: { type: "string", description: "What would you like to know?" } },
    steps: [
      { id: "answer", type: "llm_chat", config: { stream: true }, inputs: { message: "$question" } },
      { id: "output", type: "output", inputs: { answer: { from_step: "answer", field: "response" } } },
    ],
  },
  research: {
    name: "research",
    description: "Looks at a question from three sides at once, and puts the answers together.",
    inputs: { topic: { type: "string" } },
    steps: [
      { id: "history", type: "llm_chat", inputs: { message: "In three sentences: the history of {topic}." } },
      { id: "present", type: "llm_chat", inputs: { message: "In three sentences: {topic} today." } },
      { id: "doubts", type: "llm_chat", inputs: { message: "In three sentences: what is disputed about {topic}?" } },
      {
        id: "summary",
        type: "llm_chat",
        config: { stream: true },
        inputs: { message: "Write one text of these notes:\n\n{history}\n\n{present}\n\n{doubts}" },
      },
      { id: "output", type: "output", inputs: { text: { from_step: "summary", field: "response" } } },
    ],
  },
  approval: {
    name: "approval",
    description: "Writes a draft, and asks a person before it is saved.",
    inputs: { topic: { type: "string" } },
    steps: [
      {
        id: "draft",
        type: "llm_chat",
        config: { stream: true },
        inputs: { message: "Write a short note about {topic}." },
      },
      {
        id: "review",
        type: "human_approval",
        config: { prompt: "Save this note?", timeout_seconds: 0 },
        inputs: { note: { from_step: "draft", field: "response" } },
        routes: { approve: "save", reject: "dropped" },
      },
      {
        id: "save",
        type: "file_output",
        config: { file_path: "output/note.md" },
        inputs: { content: { from_step: "draft", field: "response" } },
        next_step: "saved",
      },
      { id: "saved", type: "output", inputs: { file: { from_step: "save", field: "file_path" } } },
      { id: "dropped", type: "output", config: { format: "text" }, inputs: { message: "The note was dropped." } },
    ],
  },
  documents: {
    name: "documents",
    description: "Reads a document and answers a question about it.",
    inputs: { document: { type: "string", description: "A path" }, question: { type: "string" } },
    steps: [
      { id: "read", type: "document_processing", inputs: { file_path: "$document" }, outputs: ["text"] },
      {
        id: "cut",
        type: "chunk_text",
        config: { target_size: 1000, overlap: 100 },
        inputs: { text: { from_step: "read", field: "text" } },
      },
      { id: "keep", type: "memory_store", inputs: { content: { from_step: "cut", field: "chunks" } } },
      { id: "find", type: "memory_retrieve", config: { limit: 5 }, inputs: { query: "$question" } },
      {
        id: "answer",
        type: "llm_chat",
        config: { stream: true, system_message: "Answer from the context alone, and say where it is." },
        inputs: {
          message: "Context:\n{context}\n\nQuestion: {question}",
          context: { from_step: "find", field: "context" },
        },
      },
      { id: "output", type: "output", inputs: { answer: { from_step: "answer", field: "response" } } },
    ],
  },
};

/** The names of the workflows to begin with. */
export const TEMPLATE_NAMES = Object.keys(TEMPLATES);

/** A workflow to begin with. @throws {SluiceError} `not-found`. */
export function workflowTemplate(name: string): JsonObject {
  filledString(name, "name");
  const found = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
  if (found !== undefined) return found;
  const near = nearest(name, TEMPLATE_NAMES, 1);
  const hint = near.length > 0 ? `did you mean ${near[0]}?` : `the templates are ${TEMPLATE_NAMES.join(", ")}`;
  throw new SluiceError("not-found", `there is no template ${JSON.stringify(name)}: ${hint}`, { field: "template" });
}
