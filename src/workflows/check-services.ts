import { storeOrPlace } from "../chat/check-store.js";
import {
  anything,
  type Check,
  callable,
  checkFields,
  clock,
  either,
  exactly,
  filledString,
  having,
  list,
  positive,
  record,
} from "../stream/checks.js";
import { checkTools } from "../tools/toolbox.js";

const chatModel = having("a chat model: model(name) makes one of its name", "stream");
const models: Check = (value, path) => {
  if (typeof value !== "function") record("a function, or chat models by name", chatModel)(value, path);
};
const stepType: Check = (value, path) => {
  having("a step type: an object with type, about, results, main and run", "run")(value, path);
  checkFields(Object(value), path, {
    type: { required: filledString },
    about: { required: filledString },
    results: { required: record("sentences by the names of results", filledString) },
    main: { required: either("the name of a result, or a function that finds it", filledString, callable) },
  });
};
/** Step types beside those that are built in. */
export const stepTypes: Check = list("step types", stepType);

const hosts: Check = (value, path) => {
  if (value !== true) list("true, or hosts", filledString)(value, path);
};
const python: Check = (value, path) => {
  if (typeof value === "boolean") return;
  exactly("python", { command: filledString, path: list("folders", filledString), timeoutMs: positive })(value, path);
};

/**
 * Refuses what a workflow's steps cannot use: an option that is misspelt above all, since one of them may be a limit.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export const checkServices: Check = exactly("the options of a workflow", {
  models,
  model: chatModel,
  tools: checkTools,
  functions: record("functions by name", callable),
  agents: record("chat models by name", chatModel),
  voices: record("voices by provider", having("a voice", "synthesize")),
  transcribers: record("listeners by provider", having("a transcriber", "transcribe")),
  memory: having("a memory", "search"),
  conversations: storeOrPlace,
  prompts: having("a prompt library", "render"),
  evaluations: record("evaluations by id", anything),
  workflows: record("workflows by name", anything),
  folder: filledString,
  folders: list("folders", filledString),
  http: exactly("http", { allowPrivate: hosts, hosts: list("hosts", filledString), maxBytes: positive }),
  python,
  credentials: record("secrets by name", filledString),
  stepTypes: stepTypes,
  clock: clock,
});
