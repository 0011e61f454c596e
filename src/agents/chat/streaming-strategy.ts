import type { ChatModel } from "../../stream/chat-model.js";
import { having, wholeNumber } from "../../stream/checks.js";
import { chunkStage } from "../../stream/chunk-stage.js";
import type { Timing } from "../../stream/timing.js";
import type { Usage } from "../../stream/usage.js";
import type { Agent, AgentInput } from "../agent.js";
import type { AgentStrategy } from "../strategies/strategy.js";

/** A whole answer that was streamed. */
export interface StreamedAnswer {
  /** The chunks, joined. */
  response: string;
  /** How many chunks there were. */
  chunks: number;
  /** Always: the answer came in chunks. */
  streamed: true;
  /** Tokens of the whole run. */
  usage: Usage;
  /** How fast it was, in ms. */
  timing: Timing;
}

const AGENT = having("an agent", "stream");

/** Streams an agent's answer in chunks of so many tokens. No character is lost or changed: joined, the chunks are the text. */
export class StreamingStrategy implements AgentStrategy {
  readonly name = "streaming";
  /** Tokens of a chunk; the last one before anything else may have fewer. */
  readonly chunkSize: number;

  /** @throws {SluiceError} `invalid-argument` for a chunk size that is not a whole number of at least 1. */
  constructor(chunkSize = 1) {
    wholeNumber(1)(chunkSize, "chunkSize");
    this.chunkSize = chunkSize;
  }

  apply(model: ChatModel): ChatModel {
    return {
      ...model,
      stream: (request, call) => model.stream(request, call).through(chunkStage(this.chunkSize, "token")),
    };
  }

  /** The answer in chunks. Leaving the loop stops the model. */
  async *stream<Inputs, Outputs>(
    agent: Agent<Inputs, Outputs>,
    inputs: AgentInput<Inputs>,
  ): AsyncGenerator<string, void, undefined> {
    AGENT(agent, "agent");
    for await (const text of agent.stream(inputs).stream.chunked(this.chunkSize).text) yield text;
  }

  /** The whole answer, and how it was streamed. */
  async execute<Inputs, Outputs>(agent: Agent<Inputs, Outputs>, inputs: AgentInput<Inputs>): Promise<StreamedAnswer> {
    AGENT(agent, "agent");
    const stream = agent.stream(inputs).stream.chunked(this.chunkSize);
    let response = "";
    let chunks = 0;
    for await (const text of stream.text) {
      response += text;
      chunks++;
    }
    return { response, chunks, streamed: true, usage: await stream.usage, timing: stream.timing };
  }
}
