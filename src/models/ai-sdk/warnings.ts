import type { Warning } from "../../stream/chat-event.js";
import type { WarningV2, WarningV4 } from "./language-model.js";

/** What a simulated answer says of itself, since no part of the AI SDK does. */
const SIMULATED = "the answer was whole before it began: its parts are not the model's own pace";

/** What a model did not do as it was asked. */
export interface ReadWarnings {
  warnings: Warning[];
  /** Whether one of them says that the answer is simulated. */
  simulated: boolean;
}

/** Warnings of any version, unknown kinds included. */
export function readWarnings(value: unknown): ReadWarnings {
  const all = Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
  const others = all.filter((one) => one.message !== SIMULATED);
  return { warnings: others.map(readWarning), simulated: others.length < all.length };
}

/** As v3 and v4 have them. */
export function writeWarnings(warnings: readonly Warning[], simulated: boolean): WarningV4[] {
  const written = warnings.map(({ field, message }): WarningV4 => {
    return { type: "unsupported", feature: field, details: message };
  });
  return simulated ? [...written, { type: "other", message: SIMULATED }] : written;
}

/** The same as v2 has it. */
export function flatWarning(warning: WarningV4): WarningV2 {
  if (warning.type === "other") return warning;
  const { feature: setting, details } = warning;
  return { type: "unsupported-setting", setting, ...(details !== undefined && { details }) };
}

function readWarning(warning: object): Warning {
  const text = (name: string): string | undefined => {
    const found: unknown = Reflect.get(warning, name);
    return typeof found === "string" ? found : undefined;
  };
  const tool: unknown = Reflect.get(warning, "tool");
  const toolName: unknown = typeof tool === "object" && tool !== null ? Reflect.get(tool, "name") : undefined;
  const field = text("feature") ?? text("setting") ?? (typeof toolName === "string" ? `tools.${toolName}` : "request");
  return { field, message: text("details") ?? text("message") ?? `${text("type") ?? "a warning"} of the model` };
}
