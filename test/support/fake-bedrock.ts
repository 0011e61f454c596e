import { bedrockModel } from "../../src/dapr/components/bedrock/bedrock-model.js";
import type {
  BedrockSdk,
  ConverseInput,
  ConverseOutput,
  ConverseStreamEvent,
} from "../../src/dapr/components/bedrock/bedrock-sdk.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";

/** A command remembers its input. */
class Command {
  readonly input: ConverseInput;
  constructor(input: ConverseInput) {
    this.input = input;
  }
}
class StreamCommand extends Command {}

/** What the fake answers: events of a stream, a whole answer, or an error. */
export type Answer = readonly ConverseStreamEvent[] | ConverseOutput | Error;

export class FakeBedrock {
  readonly inputs: ConverseInput[] = [];
  readonly options: unknown[] = [];
  aborted = false;
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  get sdk(): BedrockSdk {
    const fake = this;
    return {
      ConverseCommand: Command,
      ConverseStreamCommand: StreamCommand,
      BedrockRuntimeClient: class {
        constructor(options: unknown) {
          fake.options.push(options);
        }
        async send(command: object, { abortSignal }: { abortSignal: AbortSignal }) {
          abortSignal.addEventListener("abort", () => {
            fake.aborted = true;
          });
          if (!(command instanceof Command)) throw new Error("not a command");
          fake.inputs.push(command.input);
          const answer = fake.#answer;
          if (answer instanceof Error) throw answer;
          if (!(command instanceof StreamCommand)) return answer;
          return { stream: eventsOf(answer as readonly ConverseStreamEvent[]) };
        }
      },
    };
  }

  get model(): ChatModel {
    const { sdk } = this;
    const client = new sdk.BedrockRuntimeClient({ maxAttempts: 1 });
    return bedrockModel({ id: "llm", modelId: "model-1", sdk, client });
  }
}

async function* eventsOf(events: readonly ConverseStreamEvent[]): AsyncGenerator<ConverseStreamEvent> {
  for (const event of events) yield event;
}

export const text = (words: string, contentBlockIndex = 0) => ({
  contentBlockDelta: { delta: { text: words }, contentBlockIndex },
});
export const HELLO: ConverseStreamEvent[] = [
  text("Hel"),
  text("lo"),
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: "end_turn" } },
  { metadata: { usage: { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 4 } } },
];
export const ask: ChatRequest = { messages: [{ role: "user", content: "hi" }] };
