import type { Batch, BatchReader, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent, FinishEvent, Warning } from "../stream/chat-event.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { messageOf, SluiceError } from "../stream/error.js";
import { type Pulled, type Transform, transform } from "../stream/sources/transform.js";
import { addUsage, type Usage } from "../stream/usage.js";
import { type AnswerObserver, JsonAnswer, type ObjectForm } from "./json-answer.js";
import { formatPath } from "./json-path.js";
import { repairRequest } from "./repair-request.js";
import { describeIssues, type Schema, validate } from "./schema.js";

/** A value that is asked for. */
export interface ObjectPlan {
  model: ChatModel;
  /** With the form that the answer is to have. */
  request: ChatRequest;
  call: CallOptions;
  schema: Schema;
  form: ObjectForm;
  /** Whether the model is asked once more when its answer is not valid. */
  repair: boolean;
  /** What the answer's `start` says of how it was asked for. */
  warning: Warning | undefined;
}

type Outcome = { value: unknown; error?: undefined } | { error: SluiceError };

/** The events of an answer that is a value: reads the value as they pass, and holds it to its schema before they end. */
export class ObjectAnswer implements Transform {
  /** The finish of an answer that is not valid is not the last. */
  readonly pastFinish = true;
  readonly #plan: ObjectPlan;
  #answer: JsonAnswer;
  #stream: ChatStream;
  #reader: BatchReader;
  /** Of the answer that was not valid. */
  #spent: Usage = {};
  #repair: SluiceError | undefined;
  #outcome: Outcome | undefined;
  /** Whether the answer's usage came step by step. */
  #stepped = false;
  #cancelled = false;

  /** @throws {SluiceError} what the model refuses at once. */
  constructor(plan: ObjectPlan) {
    this.#plan = plan;
    this.#stream = this.#ask(plan.request);
    this.#reader = this.#stream.batches();
    this.#answer = new JsonAnswer(plan.form, undefined);
  }

  /** Sets the listener for the JSON. Called before anything is read. */
  observe(observer: AnswerObserver): void {
    this.#answer = new JsonAnswer(this.#plan.form, observer);
  }

  /** What was read of the current answer. */
  get answer(): JsonAnswer {
    return this.#answer;
  }

  /** The value, or why there is none; `undefined` until the answer is over. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** What was wrong with the first answer, once a second was asked for. */
  get repair(): SluiceError | undefined {
    return this.#repair;
  }

  /** The events. */
  source(): BatchSource {
    const asked: BatchSource = {
      next: () => this.#reader.next(),
      cancel: (reason) => this.#reader.cancel(reason),
    };
    return transform(asked, this);
  }

  push(batch: Batch): Pulled {
    for (const event of batch) {
      if (event.type === "finish") return this.#conclude(event, this.#warned(batch.slice(0, -1)));
      if (event.type === "step-finish") this.#stepped = true;
      this.#answer.push(event);
    }
    return this.#warned(batch);
  }

  fail(thrown: unknown): never {
    throw this.#broken(thrown);
  }

  cancel(): void {
    this.#cancelled = true;
  }

  #ask(request: ChatRequest): ChatStream {
    const { model, call, repair } = this.#plan;
    // The whole message is needed again only where the model may get to know what was wrong with it.
    return model.stream(request, { ...call, retain: repair && this.#repair === undefined });
  }

  #warned(batch: Batch): Batch {
    const { warning } = this.#plan;
    if (warning === undefined) return batch;
    return batch.map((event) =>
      event.type === "start" ? { ...event, warnings: [...(event.warnings ?? []), warning] } : event,
    );
  }

  async #conclude(finish: FinishEvent, before: Batch): Promise<Batch> {
    const outcome = await this.#judge(finish);
    const { error } = outcome;
    const mayAsk = this.#plan.repair && this.#repair === undefined && !this.#cancelled;
    if (mayAsk && error !== undefined && canRepair(error, finish)) {
      return [...before, ...(await this.#askAgain(error, finish))];
    }
    this.#outcome = outcome;
    return [...before, { ...finish, usage: addUsage(this.#spent, finish.usage) }];
  }

  async #judge({ reason }: FinishEvent): Promise<Outcome> {
    try {
      const value = this.#answer.end(reason);
      const { schema } = this.#plan;
      const checked = await validate(schema, value);
      if (checked.issues === undefined) return { value: checked.value };
      const issues = checked.issues.map(({ path, message }) => ({ path: formatPath(path), message }));
      const message = `the answer does not fit its schema: ${describeIssues(checked.issues)}`;
      return { error: this.#named(this.#answer.rejected("invalid-output", message, issues)) };
    } catch (thrown) {
      if (thrown instanceof SluiceError) return { error: this.#named(thrown) };
      const reason = messageOf(thrown);
      const error = this.#answer.rejected("invalid-output", `the schema could not take the answer: ${reason}`);
      return { error: this.#named(error.with({ cause: thrown })) };
    }
  }

  async #askAgain(error: SluiceError, { usage }: FinishEvent): Promise<ChatEvent[]> {
    const messages = await this.#stream.messages;
    this.#repair = error;
    this.#spent = usage;
    this.#stream = this.#ask(repairRequest(this.#plan.request, messages, error));
    this.#reader = this.#stream.batches();
    const reason = `the answer was not valid, and the model is asked once more: ${error.message}`;
    const retract: ChatEvent = { type: "retract", reason };
    this.#answer.push(retract);
    // The whole usage of an answer in one step may be known by its finish alone, which is not passed on.
    return this.#stepped ? [retract] : [{ type: "usage", usage }, retract];
  }

  /** The stream broke: says how much of the value there was. */
  #broken(thrown: unknown): SluiceError {
    const error = SluiceError.from(thrown);
    const { output } = this.#answer.rejected(error.code, error.message);
    return output === undefined || output.text === "" ? error : error.with({ output });
  }

  #named(error: SluiceError): SluiceError {
    return error.with({ model: this.#plan.model.id });
  }
}

/** Whether the model itself went wrong; at a limit it would stop again. */
function canRepair({ code }: SluiceError, { reason }: FinishEvent): boolean {
  if (code === "incomplete-output") return reason === "stop" || reason === "tool-calls";
  return code === "invalid-output";
}
