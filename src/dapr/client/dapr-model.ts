import { wait } from "../../base/clock.js";
import type { CallOptions, Capabilities, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { validateRequest } from "../../stream/validate-request.js";
import type { ConverseOptions } from "../converse/converse-options.js";
import { writeText } from "../converse/write-alpha2-messages.js";
import { callersTools } from "../converse/write-alpha2-request.js";
import type { Report } from "../resources/notice.js";
import { type Backend, type BackendCall, type Endpoint, isNobody, isUnreached } from "./backend.js";
import { chooseComponent, withSuggestion } from "./choose-component.js";
import type { OpenAnswers } from "./open-answers.js";
import { RouteAttempts } from "./route-attempts.js";
import { type BackendCalls, routeSource } from "./route-source.js";

/** What every call of a model has in common. */
export interface DaprModelSettings extends ConverseOptions {
  /** Absent: the only one there is. */
  component: string | undefined;
}

/** A conversation component behind Dapr's API as a chat model, wherever it runs. */
export class DaprModel implements ChatModel {
  readonly id: string;
  /** Whether answers stream, and files are taken, depends on who answers. */
  readonly capabilities: Capabilities = { tools: true };
  readonly #backends: readonly Backend[];
  readonly #settings: DaprModelSettings;
  readonly #report: Report;
  readonly #open: OpenAnswers;

  constructor(backends: readonly Backend[], settings: DaprModelSettings, report: Report, open: OpenAnswers) {
    this.id = settings.component === undefined ? "dapr" : `dapr/${settings.component}`;
    this.#backends = backends;
    this.#settings = settings;
    this.#report = report;
    this.#open = open;
  }

  stream(request: ChatRequest, options: CallOptions = {}): ChatStream {
    validateRequest(request, this);
    // What no way to ask can carry is refused at once.
    callersTools(request);
    const { signal, retain, ...call } = options;
    return new ChatStream(routeSource(this.#routes(request, call), this.#open), { signal, retain });
  }

  async *#routes(request: ChatRequest, options: CallOptions): BackendCalls {
    const call = { ...options, retain: false };
    const failures: SluiceError[] = [];
    for (const backend of this.#backends) {
      let endpoint: Endpoint | undefined;
      try {
        endpoint = await backend.open();
        throw yield* this.#ask(backend, endpoint, request, call);
      } catch (thrown) {
        const error = SluiceError.from(thrown);
        failures.push(error);
        if (!(endpoint === undefined ? isNobody(error) : isUnreached(error))) throw error;
        this.#report({ level: "warning", message: `${backend.name} gave no answer: ${error.message}` });
      }
    }
    throw noAnswer(this.#backends, failures);
  }

  /** The routes to ask one of those who may answer; what the last of them failed with. */
  async *#ask(
    { name }: Backend,
    endpoint: Endpoint,
    request: ChatRequest,
    call: CallOptions,
  ): AsyncGenerator<ChatStream, SluiceError, SluiceError | undefined> {
    const { component: named, ...asked } = this.#settings;
    const component = chooseComponent(named, endpoint.components, name);
    if (!endpoint.takesFiles(component)) refuseFiles(request);
    const { streaming = true } = call;
    let failure = new SluiceError("protocol", "a stream ended without reason");
    try {
      for (const route of endpoint.routes({ ...asked, component }, streaming)) {
        this.#report({ level: "debug", message: `asking ${component} of ${name}, ${route.how}` });
        failure = (yield* attemptsOf(route, request, call)) ?? failure;
        this.#report({ level: "warning", message: `${component}, ${route.how}, failed: ${failure.message}` });
        if (!route.passesOn(failure)) break;
      }
    } catch (refused) {
      failure = SluiceError.from(refused);
    }
    return withSuggestion(failure, component, endpoint.components);
  }
}

/** A route, again and again as far as that may help; what the last attempt failed with. */
async function* attemptsOf(
  { model, retry }: BackendCall,
  request: ChatRequest,
  call: CallOptions,
): AsyncGenerator<ChatStream, SluiceError | undefined, SluiceError | undefined> {
  if (retry === undefined) return yield model.stream(request, call);
  const attempts = new RouteAttempts(retry, call);
  for (;;) {
    const failure = yield model.stream(request, attempts.options());
    const delay = failure === undefined ? undefined : attempts.delay(failure);
    if (failure === undefined || delay === undefined) return failure && attempts.failure(failure);
    await wait(delay, retry.clock);
  }
}

/** Refuses files that would be lost on the way: a plain daprd passes over them without a word. */
function refuseFiles({ messages }: ChatRequest): void {
  for (const [index, message] of messages.entries()) {
    if (message.role === "user") writeText(message.content, `messages[${index}]`);
  }
}

function noAnswer(backends: readonly Backend[], failures: readonly SluiceError[]): SluiceError {
  const [only] = failures;
  const cause = failures.at(-1);
  if (only === undefined || cause === undefined) return new SluiceError("protocol", "there is nobody to ask");
  const connected = failures.some(({ code }) => code !== "connect-failed" && code !== "connect-timeout");
  if (failures.length === 1 && connected) return only;
  const tried = backends.map(({ name }, index) => `${name}: ${failures[index]?.message}`).join("; ");
  const advice =
    "start one (sluice sidecar, or dapr run), say where it is, or give resourcesPath to run component files here";
  return new SluiceError("connect-failed", `no Dapr sidecar answers (${tried}); ${advice}`, {
    retryable: failures.some(({ retryable }) => retryable),
    cause,
  });
}
