import { parseJson } from "../base/json.js";
import { native } from "../dialects/native/native.js";
import type { LostRun } from "../runs/run-log.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { type ChatRequest, isProviderTool } from "../stream/chat-request.js";
import { seqAfter } from "../stream/envelope.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { ServedModel } from "./served-models.js";
import type { ServerCore } from "./server-core.js";
import { serveAgain } from "./start-served.js";

/** A request beyond this is not kept to be asked again, in characters of JSON: it would be larger than most answers. */
const MAX_REQUEST_CHARS = 1_024 * 1_024;

/** Which models are asked again where the process that made their answer is gone. */
export class TakeOver {
  readonly #names: ReadonlySet<string>;

  /**
   * @param names of what is served; `*` for all models and routes.
   * @throws {SluiceError} `invalid-argument` for a name of what runs tools, or of nothing.
   */
  constructor(names: readonly string[], served: readonly ServedModel[]) {
    const able = served.filter(({ kind }) => kind === "model" || kind === "route").map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (name === "*" || able.includes(name)) continue;
      throw invalid(`takeover[${index}]`, name, `"*" or the name of a model or a route: ${able.join(", ")}`);
    }
    this.#names = new Set(names.includes("*") ? able : names);
  }

  /** What is kept with a run so that it can be made once more; `undefined` where it may not be. */
  recipe(model: string, request: ChatRequest): string | undefined {
    if (!this.#names.has(model) || request.tools?.some(isProviderTool)) return undefined;
    const text = JSON.stringify(native.writeRequest(request, { model, stream: true }).body);
    return text.length > MAX_REQUEST_CHARS ? undefined : text;
  }

  /** Whether any answer may be made once more. */
  get isOn(): boolean {
    return this.#names.size > 0;
  }

  /** Makes a run that was taken over once more, or ends it as lost. Never rejects. */
  async take(core: ServerCore, lost: LostRun): Promise<void> {
    try {
      const { model, request } = native.readRequest(parseJson(lost.again));
      if (!this.#names.has(model)) throw new SluiceError("unsupported", `${model} is not asked again here`);
      await refuseWhatActed(core, lost);
      await serveAgain(core, lost, { model, request });
    } catch (thrown) {
      const message = `the process that wrote the run ${lost.record.run} is gone, and it cannot be made once more`;
      lost.writer.fail(new SluiceError("run-lost", message, { cause: thrown, retryable: true }));
      await lost.writer.flushed().catch(() => {});
    }
  }
}

/** What has been done is not done twice. @throws {SluiceError} `unsupported` for a run that may have done something. */
async function refuseWhatActed(core: ServerCore, { record }: LostRun): Promise<void> {
  const reader = await core.log.read(record.run);
  try {
    for (let next = 0; next < record.next; ) {
      const entry = await reader.next();
      if (entry === undefined) return;
      next = seqAfter(entry);
      const acted = "events" in entry ? entry.events.find(acts) : undefined;
      if (acted !== undefined) throw new SluiceError("unsupported", `the run has a ${acted.type}`);
    }
  } finally {
    reader.cancel();
  }
}

/** Calls may have been run by whoever read them; steps are those of loops that run them here. */
function acts({ type }: ChatEvent): boolean {
  switch (type) {
    case "tool-input-delta":
    case "tool-call":
    case "tool-result":
    case "input-request":
    case "step-start":
    case "nested":
      return true;
    default:
      return false;
  }
}
