import type { Capabilities, InputKind, SchemaLimits } from "./chat-model.js";
import { boolean, type Check, exactly, list, oneOf, wholeNumber } from "./checks.js";
import { invalid } from "./error.js";

/** Says that something is not there. */
const never: Check = (value, path) => {
  if (value !== false) throw invalid(path, value, "false, or no such field");
};

const INPUT_KINDS = ["image", "audio", "video", "document"] as const satisfies readonly InputKind[];

/** What a model can do, as an application says it. */
export const CAPABILITIES: Check = /* @__PURE__ */ exactly("capabilities", {
  streaming: boolean,
  tools: boolean,
  jsonSchema: boolean,
  jsonSchemaLimits: /* @__PURE__ */ exactly("jsonSchemaLimits", {
    recursion: never,
    open: never,
    optional: /* @__PURE__ */ wholeNumber(0),
    unions: /* @__PURE__ */ wholeNumber(0),
  } satisfies Record<keyof SchemaLimits, Check>),
  prefix: boolean,
  input: /* @__PURE__ */ list("an array of kinds of files", /* @__PURE__ */ oneOf(...INPUT_KINDS)),
} satisfies Record<keyof Capabilities, Check>);
