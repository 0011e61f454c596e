import { type Check, checkFields, either, exactly, filledString, list, record } from "../stream/checks.js";
import { invalid } from "../stream/error.js";

const callable =
  (what: string, method: string): Check =>
  (value, path) => {
    const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, method) : undefined;
    if (typeof found !== "function") throw invalid(path, value, what);
  };
const chatModel = callable("a chat model: model(name) makes one of its name", "stream");
const aFunction: Check = (value, path) => {
  if (typeof value !== "function") throw invalid(path, value, "a function");
};
const anything: Check = () => {};
const models: Check = (value, path) => {
  if (typeof value !== "function") record("a function, or chat models by name", chatModel)(value, path);
};
const storeOrPlace: Check = (value, path) => {
  if (typeof value !== "string") callable("a store, or where to find one", "append")(value, path);
};
const stepType: Check = (value, path) => {
  callable("a step type: an object with type, about, results, main and run", "run")(value, path);
  checkFields(Object(value), path, {
    type: { required: filledString },
    about: { required: filledString },
    results: { required: record("sentences by the names of results", filledString) },
    main: { required: either("the name of a result, or a function that finds it", filledString, aFunction) },
  });
};
const hosts: Check = (value, path) => {
  if (value !== true) list("true, or hosts", filledString)(value, path);
};
const number: Check = (value, path) => {
  if (typeof value !== "number" || !(value > 0)) throw invalid(path, value, "a number above 0");
};
const python: Check = (value, path) => {
  if (typeof value === "boolean") return;
  exactly("python", { command: filledString, path: list("folders", filledString), timeoutMs: number })(value, path);
};

/**
 * Refuses what a workflow's steps cannot use: an option that is misspelt above all, since one of them may be a limit.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export const checkServices: Check = exactly("the options of a workflow", {
  models,
  model: chatModel,
  tools: list("tools", anything),
  functions: record("functions by name", aFunction),
  agents: record("chat models by name", chatModel),
  voices: record("voices by provider", callable("a voice", "synthesize")),
  transcribers: record("listeners by provider", callable("a transcriber", "transcribe")),
  memory: callable("a memory", "search"),
  conversations: storeOrPlace,
  prompts: callable("a prompt library", "render"),
  evaluations: record("evaluations by id", anything),
  workflows: record("workflows by name", anything),
  folder: filledString,
  folders: list("folders", filledString),
  http: exactly("http", { allowPrivate: hosts, hosts: list("hosts", filledString), maxBytes: number }),
  python,
  credentials: record("secrets by name", filledString),
  stepTypes: list("step types", stepType),
  clock: callable("a clock", "now"),
});
