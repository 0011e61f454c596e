import type { Capabilities, InputKind, SchemaLimits } from "./chat-model.js";
import { boolean, type Check, exactly, list, oneOf, wholeNumber } from "./checks.js";

const INPUT_KINDS = ["image", "audio", "video", "document"] as const satisfies readonly InputKind[];

/** What a model can do, as an application says it. */
export const CAPABILITIES: Check = /* @__PURE__ */ exactly("capabilities", {
  streaming: boolean,
  tools: boolean,
  jsonSchema: boolean,
  jsonSchemaLimits: /* @__PURE__ */ exactly("jsonSchemaLimits", {
    recursion: boolean,
    open: boolean,
    optional: /* @__PURE__ */ wholeNumber(0),
    unions: /* @__PURE__ */ wholeNumber(0),
  } satisfies Record<keyof SchemaLimits, Check>),
  prefix: boolean,
  input: /* @__PURE__ */ list("a list of kinds", /* @__PURE__ */ oneOf(...INPUT_KINDS)),
} satisfies Record<keyof Capabilities, Check>);
