import { isJsonObject, type JsonValue } from "../base/json.js";
import { TextBuffer } from "../base/text-buffer.js";
import type { ChatEvent, FinishReason } from "../stream/chat-event.js";
import { type OutputIssue, SluiceError } from "../stream/error.js";
import { inputText } from "../stream/tool-text.js";
import { JsonParser } from "./json-parser.js";
import type { JsonWatcher } from "./json-watcher.js";
import type { ObjectMode } from "./object-mode.js";
import { WRAPPER_KEY } from "./object-root.js";

/** Where the JSON of an answer is, and what it may be. */
export interface ObjectForm {
  mode: ObjectMode;
  /** Of the tool. */
  name: string;
  wrapped: boolean;
  maxDepth: number | undefined;
}

/** Listens to the JSON while it arrives. */
export interface AnswerObserver extends JsonWatcher {
  /** A piece of the JSON text was read, and its values were passed to the watchers. @param offset of its first character. */
  piece?(piece: string, offset: number): void;
  /** Everything that was passed on so far is void. */
  restart?(reason: string): void;
}

/** Finds the JSON in the events of an answer and reads it. */
export class JsonAnswer {
  readonly #form: ObjectForm;
  readonly #observer: AnswerObserver | undefined;
  #parser: JsonParser;
  #json = new TextBuffer();
  /** The text beside the JSON. */
  #words = new TextBuffer();
  #refusal = "";
  #length = 0;
  #fault: SluiceError | undefined;
  /** The call that holds the JSON. */
  #callId: string | undefined;

  constructor(form: ObjectForm, observer: AnswerObserver | undefined) {
    this.#form = form;
    this.#observer = observer;
    this.#parser = this.#newParser();
  }

  /** UTF-16 code units of JSON so far. */
  get length(): number {
    return this.#length;
  }

  /** What the next `snapshot` costs; 0 where nothing changed. */
  get snapshotCost(): number {
    return this.#parser.snapshotCost;
  }

  /** The value as far as it was read. */
  snapshot(): JsonValue | undefined {
    return unwrap(this.#form, this.#parser.snapshot());
  }

  /** The text of the JSON, or the text in its place. */
  get text(): string {
    return this.#json.toString() || this.#refusal || this.#words.toString();
  }

  push(event: ChatEvent): void {
    switch (event.type) {
      case "text-delta":
        if (event.refusal) this.#refusal += event.text;
        else if (this.#form.mode === "tool") this.#words.push(event.text);
        else this.#read(event.text);
        return;
      case "tool-input-delta":
        if (this.#isAnswer(event)) this.#read(event.delta);
        return;
      case "tool-call":
        // A provider that does not stream arguments has sent nothing before.
        if (this.#isAnswer(event) && this.#length === 0) {
          this.#read(inputText(event));
        }
        return;
      case "start":
      case "step-start":
        this.#restart("the model began again");
        return;
      case "retract":
        this.#restart(event.reason);
        return;
      default:
    }
  }

  /** Forgets everything. The JSON begins anew. */
  #restart(reason: string): void {
    if (this.text === "") return;
    this.#json = new TextBuffer();
    this.#length = 0;
    this.#words = new TextBuffer();
    this.#refusal = "";
    this.#fault = undefined;
    this.#callId = undefined;
    this.#parser = this.#newParser();
    this.#observer?.restart?.(reason);
  }

  /**
   * The value, when the answer is over.
   *
   * @throws {SluiceError} `refused`, `incomplete-output`, `invalid-output`.
   */
  end(reason: FinishReason): JsonValue {
    const filtered = reason === "content-filter" && !this.#parser.done;
    if (this.#refusal !== "" || reason === "refusal" || filtered) {
      const words = this.#refusal === "" ? "" : `: ${this.#refusal}`;
      throw this.rejected("refused", filtered ? "the provider's filter cut the answer" : `the model declined${words}`);
    }
    if (this.#form.mode === "tool" && this.#callId === undefined && !this.#readWords()) {
      throw this.rejected("invalid-output", `the model did not call ${this.#form.name}`);
    }
    try {
      const value = this.#fault === undefined ? this.#parser.end() : undefined;
      if (value === undefined) throw this.#fault;
      return this.#unwrapped(value);
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      if (error.code === "incomplete-output" && isOver(reason) && this.#parser.snapshot() === undefined) {
        throw this.rejected("invalid-output", this.#whyNoJson());
      }
      const why =
        error.code === "incomplete-output" ? `the model stopped (${reason}) before its JSON was complete: ` : "";
      throw this.rejected(error.code, why + error.message, [
        { path: this.#inValue(error.field), message: error.message },
      ]);
    }
  }

  /** Where a provider constrains the answer to JSON, the place says more than that there is none. */
  #whyNoJson(): string {
    if (this.#form.mode === "instructions") return "the answer holds no JSON";
    try {
      new JsonParser().push(this.text);
      return "the answer holds no JSON object";
    } catch (thrown) {
      return SluiceError.from(thrown).message;
    }
  }

  /** An error that says what had arrived. */
  rejected(code: SluiceError["code"], message: string, issues: OutputIssue[] = [{ path: "", message }]): SluiceError {
    const { text } = this;
    const value = this.snapshot();
    const output = { text, ...(value !== undefined && { value }), issues };
    return new SluiceError(code, message, { field: issues[0]?.path ?? "", output });
  }

  /** Reads the JSON of a model that wrote it as text where it was to call a tool with it. Returns whether there is any. */
  #readWords(): boolean {
    const words = this.#words.toString();
    const { wrapped } = this.#form;
    const found = new JsonParser({ prose: true, ...(wrapped && { bareArray: WRAPPER_KEY }) });
    try {
      found.push(words);
    } catch {
      return false;
    }
    if (!found.done) return false;
    this.#read(words);
    return true;
  }

  #isAnswer({ callId, name }: { callId: string; name: string }): boolean {
    if (this.#form.mode !== "tool" || name !== this.#form.name) return false;
    this.#callId ??= callId;
    return callId === this.#callId;
  }

  #read(text: string): void {
    if (text === "") return;
    const offset = this.#length;
    this.#length += text.length;
    this.#json.push(text);
    if (this.#fault !== undefined) return;
    try {
      this.#parser.push(text);
    } catch (thrown) {
      this.#fault = SluiceError.from(thrown);
    }
    this.#observer?.piece?.(text, offset);
  }

  #unwrapped(value: JsonValue): JsonValue {
    const inner = unwrap(this.#form, value);
    if (inner !== undefined) return inner;
    throw new SluiceError("invalid-output", `the object has no ${JSON.stringify(WRAPPER_KEY)}, which holds the value`);
  }

  /** A path in the JSON as one in the value. */
  #inValue(path = ""): string {
    const { wrapped } = this.#form;
    return wrapped && path.startsWith(WRAPPER_KEY) ? path.slice(WRAPPER_KEY.length).replace(/^\./, "") : path;
  }

  #newParser(): JsonParser {
    const { wrapped, maxDepth } = this.#form;
    const observer = this.#observer;
    const watcher: JsonWatcher | undefined = observer && {
      path: wrapped ? [WRAPPER_KEY, ...observer.path] : observer.path,
      begin: (offset) => observer.begin?.(offset),
      text: (piece) => observer.text?.(piece),
      element: (value) => observer.element?.(value),
      end: (offset) => observer.end?.(offset),
    };
    return new JsonParser({
      prose: true,
      ...(wrapped && { bareArray: WRAPPER_KEY }),
      ...(maxDepth !== undefined && { maxDepth }),
      ...(watcher && { watcher }),
    });
  }
}

/** Whether the model had finished its answer. */
function isOver(reason: FinishReason): boolean {
  return reason === "stop" || reason === "tool-calls";
}

function unwrap({ wrapped }: ObjectForm, value: JsonValue | undefined): JsonValue | undefined {
  if (!wrapped) return value;
  return isJsonObject(value) && Object.hasOwn(value, WRAPPER_KEY) ? value[WRAPPER_KEY] : undefined;
}
