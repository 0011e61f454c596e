import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { defineModel } from "../../models/define-model.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { callable, exactly, filledString, limit } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { AssistantPart, ChatMessage, ToolResultPart } from "../../stream/message.js";
import type { InputHandler } from "../../tools/input-response.js";
import { tool } from "../../tools/tool.js";
import { withTools } from "../../tools/with-tools.js";
import type { AgentStrategy } from "./strategy.js";

/** Settings of `humanInTheLoop`. */
export interface HumanInTheLoopOptions {
  /** What the person is asked, before the draft. Default `Is this answer right?`. */
  question?: string;
  /** Most drafts of one answer. When all were rejected, the run ends with code `declined`. Default 5. */
  maxDrafts?: number;
  /** Answers while the run goes on. Default: the run ends with `input-required`, and is resumed with the answer. */
  onInput?: InputHandler;
}

/** What a person may answer to a draft. */
const DECISION: JsonObject = {
  type: "object",
  properties: {
    decision: { type: "string", enum: ["approve", "edit", "reject"] },
    text: { type: "string", description: "With edit: the answer as it should be. With reject: why." },
  },
  required: ["decision"],
  additionalProperties: false,
};

const DRAFT = "draft_answer";
const REVIEW = "review_answer";

/**
 * A person sees each answer before it counts: approves it, edits it, or rejects it with a reason, which the agent gets for its
 * next draft. Drafts stream nested; what was approved is the answer. The question is an `input-request` that is answered with
 * `{ decision: "approve" | "edit" | "reject", text? }`, in any process.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Agent, humanInTheLoop } from "sluice/agents";
 * import { answer } from "sluice/tools";
 *
 * const strategy = humanInTheLoop({ onInput: ({ id }) => answer(id, { decision: "approve" }) });
 * const agent = new Agent({ model: "openai/gpt-5-mini", strategy });
 * ```
 */
export function humanInTheLoop(options: HumanInTheLoopOptions = {}): AgentStrategy {
  exactly("humanInTheLoop", { question: filledString, maxDrafts: limit, onInput: callable })(options, "");
  const { question = "Is this answer right?", maxDrafts = 5, onInput } = options;
  return {
    name: "human-in-the-loop",
    apply: (model) =>
      withTools(driver(maxDrafts), [draftTool(model), reviewTool(question)], {
        id: model.id,
        maxSteps: 2 * maxDrafts + 1,
        throwOnError: true,
        ...(onInput && { onInput }),
      }),
  };
}

/** Has the agent's model write a draft, whose stream is nested. */
function draftTool(model: ChatModel) {
  return tool({
    name: DRAFT,
    input: { type: "object", properties: {} },
    run: (_, { messages, answered, signal, context }) =>
      model.stream({ messages: [...withoutReviews(messages), ...answered] }, { signal, context }),
  });
}

function reviewTool(question: string) {
  return tool({
    name: REVIEW,
    input: { type: "object", properties: { draft: { type: "string" } }, required: ["draft"] },
    run: ({ draft }, { ask }) => ask({ message: `${question}\n\n${draft}`, schema: DECISION }),
  });
}

/** Decides what comes next by what the messages say was done, so that it goes on in any process. */
function driver(maxDrafts: number): ChatModel {
  return defineModel({
    id: "human-in-the-loop",
    *stream({ messages }: ChatRequest) {
      const turn = messages.slice(messages.findLastIndex(({ role }) => role === "user") + 1);
      const results = turn.flatMap(({ content, role }) => (role === "tool" ? content : [])).filter(isResult);
      const last = results.at(-1);
      const drafts = results.filter(({ name }) => name === DRAFT);
      const draft = String(drafts.at(-1)?.output ?? "");
      const id = `${results.length}`;
      if (last?.name === DRAFT) {
        yield { type: "tool-call", callId: `review-${id}`, name: REVIEW, input: { draft } } as const;
        return;
      }
      const { decision, text } = last === undefined ? REJECTED : decided(last.output);
      if (decision === "approve") yield draft;
      else if (decision === "edit") yield text ?? draft;
      else if (drafts.length >= maxDrafts)
        throw new SluiceError("declined", `the answer was rejected${text ? `: ${text}` : ""}`);
      else yield { type: "tool-call", callId: `draft-${id}`, name: DRAFT, input: {} } as const;
    },
  });
}

interface Decision {
  decision: string;
  text?: string;
}

const REJECTED: Decision = { decision: "reject" };

function decided(output: JsonValue): Decision {
  if (!isJsonObject(output)) return REJECTED;
  const { decision, text } = output;
  return { decision: String(decision), ...(typeof text === "string" && text !== "" && { text }) };
}

function isResult(part: { type: string }): part is ToolResultPart {
  return part.type === "tool-result";
}

/** What the agent is sent: of drafts and reviews only what was rejected, and why. */
function withoutReviews(messages: readonly ChatMessage[]): ChatMessage[] {
  let draft = "";
  return messages.flatMap((message): ChatMessage[] => {
    if (message.role === "assistant" && typeof message.content !== "string") {
      const content = message.content.filter((part) => !isReview(part));
      return content.length === 0 ? [] : [{ ...message, content }];
    }
    if (message.role !== "tool") return [message];
    return message.content.flatMap((part): ChatMessage[] => {
      if (part.type !== "tool-result" || !isReview(part)) return [{ role: "tool", content: [part] }];
      if (part.name === DRAFT) draft = String(part.output);
      const { decision, text } = part.name === REVIEW ? decided(part.output) : { decision: "approve", text: undefined };
      if (decision !== "reject") return [];
      const why = text === undefined ? "" : `: ${text}`;
      return [
        { role: "assistant", content: draft },
        { role: "user", content: `This answer was rejected${why}. Answer again.` },
      ];
    });
  });
}

function isReview(part: AssistantPart): boolean {
  return (part.type === "tool-call" || part.type === "tool-result") && (part.name === DRAFT || part.name === REVIEW);
}
