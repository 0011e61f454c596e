import { signal } from "@preact/signals";
import { isJsonObject } from "../../../src/base/json.js";
import { SluiceError } from "../../../src/stream/error.js";
import { askJson } from "./server.js";

/** What the server answers with under a name. */
export interface ServedName {
  readonly name: string;
  readonly kind: "model" | "agent" | "workflow";
}

/** The models, agents and workflows of the server; `undefined` until they are known. */
export const servedNames = signal<readonly ServedName[] | undefined>(undefined);

/** Why they are not known. */
export const servedError = signal<SluiceError | undefined>(undefined);

/** Asks for them. */
export async function loadServedNames(): Promise<void> {
  try {
    const body = await askJson("v1/models");
    const data = isJsonObject(body) && Array.isArray(body.data) ? body.data : [];
    servedNames.value = data.flatMap((one) =>
      isJsonObject(one) && typeof one.id === "string" ? [{ name: one.id, kind: kindOf(one.owned_by) }] : [],
    );
    servedError.value = undefined;
  } catch (thrown) {
    servedError.value = SluiceError.from(thrown);
  }
}

function kindOf(owner: unknown): ServedName["kind"] {
  if (owner === "sluice-agent") return "agent";
  return owner === "sluice-workflow" ? "workflow" : "model";
}
