import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent, FinishReason, ToolCallEvent } from "../stream/chat-event.js";
import type { ChatMessage, ToolCallPart } from "../stream/message.js";
import type { Reads } from "../stream/read-into.js";
import type { CallRun } from "./call-run.js";
import { distinctCall } from "./distinct-call.js";
import type { History, OpenCall } from "./history.js";
import type { Arrival, ModelCall } from "./model-call.js";
import type { RunSettings } from "./run-settings.js";
import { StepCalls } from "./step-calls.js";
import { stepMessages } from "./step-messages.js";
import type { ToolRunner } from "./tool-runner.js";

/** What a step begins with: a call of the model, or calls that are open at the end of the request. */
export type StepBeginning = { modelCall: ModelCall } | { resumed: History };

/** One step of a tool loop: what a model call answers, and the runs of the tools that it calls. */
export class LoopStep {
  readonly calls: StepCalls;
  readonly #messages: readonly ChatMessage[];
  readonly #runner: ToolRunner;
  readonly #modelCall: ModelCall | undefined;
  readonly #resumed: History | undefined;
  #runs: RunSettings | undefined;

  /**
   * @param messages that the model was sent.
   * @param voided called with a run whose result is not needed any more.
   */
  constructor(
    beginning: StepBeginning,
    messages: readonly ChatMessage[],
    runner: ToolRunner,
    voided: (run: CallRun) => void,
  ) {
    this.calls = new StepCalls(voided);
    this.#messages = messages;
    this.#runner = runner;
    if ("modelCall" in beginning) this.#modelCall = beginning.modelCall;
    else {
      this.#resumed = beginning.resumed;
      for (const open of beginning.resumed.open) this.calls.add(open.call, this.#run(open.call, open));
    }
  }

  /** The model's stream, while nobody but the model can say anything. */
  get alone(): Reads | undefined {
    return this.calls.none ? this.#modelCall?.idle : undefined;
  }

  /** What has come of the model; where nothing has, it is asked for more. */
  arrival(): Arrival | undefined {
    return this.#modelCall?.read();
  }

  /** Takes a batch of the model; returns what the reader gets of it. */
  read(batch: Batch): Batch {
    const relay = this.#modelCall?.relay;
    // Text means nothing for the tools.
    if (relay?.passText(batch)) return batch;
    const out: ChatEvent[] = [];
    for (const arrived of batch) {
      const event =
        arrived.type === "tool-call" && !arrived.providerExecuted ? distinctCall(arrived, this.calls) : arrived;
      if (event === undefined) continue;
      relay?.pass(event, out);
      this.#follow(event);
    }
    return out;
  }

  /** How the model has ended; `undefined` while it answers, and where it was not asked. */
  get finish(): (ChatEvent & { type: "finish" }) | undefined {
    return this.#modelCall?.relay.finish;
  }

  /** All tools are done: adds the end of the step to what the reader gets. */
  close(reason: FinishReason, out: ChatEvent[]): void {
    this.#modelCall?.relay.close(!this.calls.none && reason === "stop" ? "tool-calls" : reason, out);
  }

  /** What the step adds to the messages that the model is sent next. */
  get messages(): readonly ChatMessage[] {
    const { calls = this.calls.calls, results = [] } = this.#resumed ?? {};
    return stepMessages(this.#modelCall?.relay.messages ?? [], calls, [...results, ...this.calls.results]);
  }

  cancel(reason: unknown): void {
    this.calls.cancel(reason);
    this.#modelCall?.cancel(reason);
  }

  /** What an event of the model means for the tools. */
  #follow(event: ChatEvent): void {
    switch (event.type) {
      case "start":
      case "step-start":
        this.calls.mark();
        return;
      case "tool-call":
        if (!event.providerExecuted) this.#call(event);
        return;
      case "tool-result":
        if (event.preliminary === undefined) this.calls.answered(event.callId);
        return;
      case "retract":
        this.calls.retract(event.reason);
        return;
      case "finish":
        this.#modelCall?.book(event.usage);
        this.calls.end(event.reason, (call) => this.#run(call));
        return;
      default:
    }
  }

  #call(event: ToolCallEvent): void {
    const known = this.#runner.toolbox.get(event.name) !== undefined;
    this.calls.add(event, known ? this.#run(event) : undefined);
  }

  #run(call: ToolCallPart, resumed?: OpenCall): CallRun {
    this.#runs ??= this.#runner.runSettings(this.#messages);
    return this.#runner.run(call, this.#runs, resumed);
  }
}
