import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { textOf } from "../../src/stream/message.js";
import { tool } from "../../src/tools/tool.js";
import type { WorkflowResult } from "../../src/workflows/run/workflow-run.js";
import type { WorkflowServices } from "../../src/workflows/services.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";

const SHARED = new URL("../../../shared/workflows/", import.meta.url);
const missing = !existsSync(SHARED);
if (missing) process.stdout.write("skipped: the shared workflows are not here\n");

/** A picture of one pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

interface Played {
  result: WorkflowResult;
  /** What each model was asked, as one text. */
  prompts: string[];
  requests: ChatRequest[];
}

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-workflows-"));
  writeFileSync(join(folder, "report.md"), "# Sluices\n\nA sluice lets water through. Profits rose in spring.\n");
  server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name: "Ada", agent: request.headers["user-agent"] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => server.close(resolve));
});

/** Answers by what it is asked: the value of a structured question, a route, or a sentence that counts the calls. */
function answeringModel(requests: ChatRequest[]): ChatModel {
  const analysis = {
    summary: "It rose.",
    main_topics: ["water"],
    confidence: 0.9,
    complexity: "simple",
    requires_human_review: true,
  };
  return defineModel({
    id: "scripted",
    capabilities: { tools: true, jsonSchema: true, input: ["image"] },
    async *stream(request) {
      requests.push(request);
      const asked = textOf(request.messages.at(-1) ?? { role: "user", content: "" });
      if (request.responseFormat?.type === "json-schema") yield JSON.stringify(analysis);
      else if (typeof request.toolChoice === "object") {
        yield { type: "tool-call", callId: "call_1", name: request.toolChoice.name, input: { box: [0, 0, 1, 1] } };
      } else if (asked.startsWith("Route this question")) {
        yield "science";
        yield "\nIt is about physics.";
      } else {
        yield `Answer ${requests.length} `;
        yield "is here.";
      }
    },
  });
}

async function play(
  file: string,
  inputs: JsonObject = {},
  { answers = {}, edit = (text: string) => text, services = {} as WorkflowServices } = {} as {
    answers?: { [message: string]: JsonValue };
    edit?: (text: string) => string;
    services?: WorkflowServices;
  },
): Promise<Played> {
  const requests: ChatRequest[] = [];
  const text = edit(readFileSync(new URL(file, SHARED), "utf8"));
  const workflow = await loadWorkflow(text, { models: { "*": answeringModel(requests) }, folder, ...services });
  const run = workflow.run({
    inputs,
    onQuestion: async ({ message }) => {
      const answer = Object.entries(answers).find(([part]) => message.includes(part))?.[1];
      if (answer === undefined) throw new Error(`nobody expects the question ${message}`);
      return answer;
    },
  });
  const result = await run.result;
  const prompts = requests.map(({ messages }) => messages.map(textOf).join("\n"));
  // The answer is what the stream says, and no place is left open.
  expect(await run.stream.fullText).toBe(result.text);
  for (const prompt of prompts) expect(prompt).not.toMatch(/\{\{?\s*[A-Za-z_]\w*\s*\}?\}|from_step/);
  return { result, prompts, requests };
}

describe.skipIf(missing)("the shared workflows do what their authors meant", () => {
  test("every one of them is tried here", () => {
    const tried = readFileSync(new URL(import.meta.url), "utf8");
    for (const file of readdirSync(SHARED)) expect(tried).toContain(file);
  });

  test("basic_chat_agent.json", async () => {
    const { result, prompts } = await play("basic_chat_agent.json", { user_query: "What is a sluice?" });
    expect(prompts).toEqual(["What is a sluice?"]);
    expect(result.output).toBe("Answer 1 is here.");
  });

  test("conversation_chat_agent.json", async () => {
    const { result, requests } = await play("conversation_chat_agent.json", { user_query: "Hello" });
    expect(requests[0]?.messages.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(result.output).toBe("response: Answer 1 is here.\nmessage_count: 3");
  });

  test("document_analysis_agent.json", async () => {
    const given = { document_path: "report.md", question: "How did profits do?" };
    const { result, prompts } = await play("document_analysis_agent.json", given);
    // The model repaired the text, and that is what was kept and found.
    expect(prompts.at(-1)).toContain("User Question: How did profits do?");
    expect(result.output).toMatchObject({ answer: "Answer 3 is here.", chunks_processed: 1 });
    const saved = JSON.parse(readFileSync(join(folder, "output/document_analysis_results.json"), "utf8"));
    expect(saved).toMatchObject({ document_path: "report.md", question: "How did profits do?", chunks_stored: 1 });
  });

  test("dollar_amount_extraction_agent.json", async () => {
    const crop = tool({ name: "crop_image", input: { type: "object" }, run: () => ({ cropped: PIXEL }) });
    const { result, requests } = await play(
      "dollar_amount_extraction_agent.json",
      { document_path: "report.md" },
      {
        services: {
          tools: [crop],
          functions: {
            "pdf_to_text.visual_to_text_service.convert_pdf_to_images": (given) => [PIXEL, given.dpi].slice(0, 1),
          },
        },
      },
    );
    expect(requests[0]?.messages[0]?.content).toMatchObject([
      { type: "file", mediaType: "image/png" },
      { type: "text" },
    ]);
    expect(result.output).toMatchObject({ dollar_amount_found: "Answer 1 is here.", success: true });
    expect(readFileSync(join(folder, "output/cropped_dollar_amount.png")).toString("base64")).toBe(PIXEL);
  });

  test("http_request_examples.json", async () => {
    const { port } = server.address() as AddressInfo;
    const { result } = await play(
      "http_request_examples.json",
      {},
      {
        edit: (text) => text.replace("https://jsonplaceholder.typicode.com", `http://127.0.0.1:${port}`),
        services: { http: { allowPrivate: ["127.0.0.1"] } },
      },
    );
    expect(result.output).toEqual({ result: { name: "Ada", agent: "AI-Lego-Bricks/1.0" }, success: true });
  });

  describe("human_approval_workflow.json", () => {
    const approval = (decision: string) =>
      play(
        "human_approval_workflow.json",
        { document_path: "report.md" },
        {
          answers: { "What would you like to do?": decision, "specific feedback": "Say Why, in FULL." },
        },
      );

    test("approved, the analysis is kept as it is", async () => {
      const { result } = await approval("approve");
      expect(result.output).toMatchObject({
        analysis: "It rose.",
        human_decision: "approve",
        workflow_status: "completed",
      });
      expect(Object.keys(result.results)).not.toContain("revised_analysis");
      expect(Object.keys(result.results)).not.toContain("error_step");
    });

    test("revised, what the person said is in the prompt, as it was written", async () => {
      const { result, prompts } = await approval("revise");
      expect(prompts.at(-1)).toContain("Original analysis: It rose.\n\nHuman feedback: Say Why, in FULL.");
      expect(result.output).toMatchObject({ analysis: "Answer 4 is here.", human_decision: "revise" });
    });

    test("enhanced, the whole document is in the prompt", async () => {
      const { result, prompts } = await approval("enhance");
      expect(prompts.at(-1)).toContain("Original analysis: It rose.\n\nDocument text: Answer 1 is here.");
      expect(result.output).toMatchObject({ analysis: "Answer 4 is here." });
    });

    test("rejected, nothing is kept", async () => {
      const { result } = await approval("reject");
      expect(result.text).toMatch(/^Analysis was rejected/);
      expect(Object.keys(result.results)).not.toContain("store_analysis");
    });
  });

  test("multi_agent_streaming_demo.json", async () => {
    const { result, prompts } = await play("multi_agent_streaming_demo.json", {}, { services: { python: true } });
    expect(prompts).toHaveLength(3);
    expect(prompts[1]).toMatch(/^You are Dr\. Sarah Chen/);
    expect(prompts[2]).toContain(
      "Present this science expert's response to the user:\n\nExpert Response: Answer 2 is here.",
    );
    expect(result.text).toContain("Selected 'science' expert\n\n👤 Expert Response:\nAnswer 3 is here.");
    expect(result.text).toContain("- Expert Strategy: science used appropriate streaming strategy");
    expect(result.text).toContain("- Expert Response Length: 17 chars");
  });

  test("multi_turn_chat_demo.json", async () => {
    const { result, requests } = await play("multi_turn_chat_demo.json");
    expect(requests.map(({ messages }) => messages.length)).toEqual([2, 4, 6]);
    expect(result.output).toMatchObject({ conversation_id: "demo_conversation_001", total_messages: 7 });
    expect(result.output).toMatchObject({ final_response: "Answer 3 is here." });
  });

  test("parallel_workflow_example.json", async () => {
    const { result, prompts } = await play("parallel_workflow_example.json", { user_query: "Sluices" });
    expect(prompts.slice(0, 3).toSorted()).toEqual([
      "Analyze this query from a business perspective: Sluices",
      "Analyze this query from a technical perspective: Sluices",
      "Analyze this query from a user experience perspective: Sluices",
    ]);
    expect(prompts[3]).toContain("Original Query: Sluices");
    const { execution_metadata: kept } = result.output as JsonObject;
    expect(kept).toMatchObject({
      technical_memory_ids: [expect.any(String)],
      business_memory_ids: [expect.any(String)],
    });
  });

  test("research_agent.json", async () => {
    const given = { document_paths: ["report.md", "report.md"], research_query: "what is here?" };
    const { result, prompts } = await play("research_agent.json", given);
    expect(prompts[2]).toContain("Documents: Answer 1 is here.");
    expect(prompts[3]).toContain("answer to the question: 'what is here?'");
    expect(prompts[3]).toMatch(/Research Findings:\n\[\s+\{\s+"id"/);
    expect(result.output).toBe("Answer 4 is here.");
  });

  test("streaming_agent.json", async () => {
    const { result } = await play("streaming_agent.json", { user_message: "Hi" });
    const chunk_count = ["Answer 1 ", "is here."];
    expect(result.output).toEqual({ text_response: "Answer 1 is here.", was_streamed: true, chunk_count });
  });

  test("streaming_chat_agent.json", async () => {
    const { result } = await play("streaming_chat_agent.json", { user_message: "Hi" });
    expect(result.text).toMatch(/^response: Answer 1 is here\.\nwas_streamed: true\nchunk_count: \[/);
  });

  test("streaming_conversation_agent.json", async () => {
    const given = { first_message: "One", follow_up_message: "Two" };
    const { result, requests } = await play("streaming_conversation_agent.json", given);
    expect(requests[1]?.messages.map(textOf).slice(1)).toEqual(["One", "Answer 1 is here.", "Two"]);
    expect(result.output).toMatchObject({
      total_messages: 5,
      first_user_prompt: "One",
      latest_response: "Answer 2 is here.",
    });
  });

  test("voice_assistant_agent.json", async () => {
    const { result } = await play("voice_assistant_agent.json", { user_message: "Hi" });
    expect(result.output).toMatchObject({ user_message: "Hi", assistant_response: "Answer 1 is here." });
    const log = JSON.parse(readFileSync(join(folder, "output/voice_conversation_log.json"), "utf8"));
    expect(log).toMatchObject({ user_input: { message: "Hi" }, assistant_response: { text: "Answer 1 is here." } });
    expect(Date.parse(log.timestamp)).not.toBeNaN();
  });
});
