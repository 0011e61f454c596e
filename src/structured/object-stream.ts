import { ChatStream } from "../stream/chat-stream.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { DeepPartial } from "./deep-partial.js";
import { ElementReader } from "./element-reader.js";
import type { JsonPath } from "./json-path.js";
import { JsonTextReader } from "./json-text-reader.js";
import { ObjectAnswer, type ObjectPlan } from "./object-answer.js";
import type { ObjectMode } from "./object-mode.js";
import type { ReadObjectOptions } from "./object-reader.js";
import { PartialReader } from "./partial-reader.js";
import type { ElementAt, PathTo } from "./path-to.js";
import { StringReader } from "./string-reader.js";

/** Makes a reader when it is read, not before: making one is claiming the stream. */
function readable<T>(open: () => AsyncIterator<unknown, undefined>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: open as () => AsyncIterator<T, undefined> };
}

function checkedPath(path: JsonPath): JsonPath {
  const bad = path.find((step) => typeof step !== "string" && !Number.isSafeInteger(step));
  if (bad !== undefined) throw invalid("path", bad, "keys and whole numbers");
  return path;
}

/**
 * A value that a model writes as JSON, while it arrives. Cold, and with one reader, as the `ChatStream` it is made of: read
 * `partials`, `elements`, `textOf`, `text` or the events of `stream`, and await `object` beside any of them or alone.
 *
 * What is read before the end is not checked yet: it has the type of what the schema takes, where the model kept to it.
 * Reading ends with an error when the answer is not valid.
 */
export class ObjectStream<Output, Input = Output> {
  /** The events of the answer, its usage and timing. It finishes as the model did, also where the value is not valid. */
  readonly stream: ChatStream;
  /** How the model was asked. */
  readonly mode: ObjectMode;
  readonly #answer: ObjectAnswer;

  constructor(plan: ObjectPlan) {
    this.mode = plan.form.mode;
    this.#answer = new ObjectAnswer(plan);
    this.stream = new ChatStream(this.#answer.source());
  }

  /**
   * The value as far as it has come, each time it has come further: once a network read at most, and less often where a
   * large array or object is open. A partial value does not change any more; what is complete in it is shared with later
   * ones. After a retraction they begin anew.
   */
  get partials(): AsyncIterable<DeepPartial<Input>> {
    return readable(() => new PartialReader(this.stream.batches(), this.#answer));
  }

  /**
   * The elements of the array at a path, each as soon as it is complete: `elements("order", "lines")`; without a path,
   * those of the value itself.
   */
  elements<const Path extends PathTo<Input, readonly unknown[]>>(...path: Path): AsyncIterable<ElementAt<Input, Path>> {
    return this.readElements(path);
  }

  /** The same as `elements`, with a say in what happens when elements that were read are taken back. */
  readElements<const Path extends PathTo<Input, readonly unknown[]>>(
    path: Path,
    options?: ReadObjectOptions,
  ): AsyncIterable<ElementAt<Input, Path>> {
    return readable(() => new ElementReader(this.stream.batches(), this.#answer, checkedPath(path), options));
  }

  /** The text of the string at a path as it arrives: `textOf("summary")`. */
  textOf<const Path extends PathTo<Input, string>>(...path: Path): AsyncIterable<string> {
    return this.readTextOf(path);
  }

  /** The same as `textOf`, with a say in what happens when text that was read is taken back. */
  readTextOf<const Path extends PathTo<Input, string>>(path: Path, options?: ReadObjectOptions): AsyncIterable<string> {
    return readable(() => new StringReader(this.stream.batches(), this.#answer, checkedPath(path), options));
  }

  /** The JSON text of the value as it arrives, without prose, fences or whatever the mode puts around it. */
  get text(): AsyncIterable<string> {
    return this.readText();
  }

  /** The same as `text`, with a say in what happens when text that was read is taken back. */
  readText(options?: ReadObjectOptions): AsyncIterable<string> {
    return readable(() => new JsonTextReader(this.stream.batches(), this.#answer, [], options));
  }

  /**
   * The whole value as the schema leaves it. Reads the stream if nobody else does.
   *
   * Rejects with a `SluiceError` whose `output` has the text, what could be read of it, and what is wrong where:
   * `invalid-output` (no JSON, or it does not fit the schema), `incomplete-output` (it ended too early, for example at a
   * token limit), `refused`; or with what ended the stream.
   */
  get object(): Promise<Output> {
    const object = this.stream.finishReason.then(() => {
      const outcome = this.#answer.outcome;
      if (outcome === undefined) throw new SluiceError("protocol", "the stream finished before its value was checked");
      if (outcome.error !== undefined) throw outcome.error;
      return outcome.value as Output;
    });
    // Nobody has to await it.
    object.catch(() => {});
    return object;
  }

  /** What was wrong with the first answer, where the model was asked to repair it; `undefined` where it was not. */
  get repair(): SluiceError | undefined {
    return this.#answer.repair;
  }

  /** Ends the stream now, as `ChatStream.cancel` does. */
  cancel(reason?: unknown): void {
    this.stream.cancel(reason);
  }
}
