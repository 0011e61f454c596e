import { isJsonObject, type JsonObject, parseJson } from "../../base/json.js";
import { type DataName, dataNameOf } from "../../stream/data-name.js";
import type { Opaque } from "../../stream/opaque.js";

/** What a client brings back as it came, in the `encryptedValue` of a message or of a call. */
export interface State {
  opaque?: Opaque;
  /** Of a call or a result: the provider ran the tool. */
  providerExecuted?: true;
  /** Of a result: whether its content is the JSON of what the tool returned. */
  json?: true;
  /** Of a result: whether the tool failed. */
  isError?: true;
  /** Of content of the provider's that is neither text nor reasoning. */
  name?: DataName;
}

/** State as such a value. That of another server is as it gave it. */
export function writeState(state: State): string {
  const { opaque } = state;
  return opaque?.dialect === "ag-ui" && typeof opaque.data === "string" ? opaque.data : JSON.stringify(state);
}

/** The same as a field of a message or a call; no field where there is no state. */
export function stateField(state: State): { encryptedValue?: string } {
  return Object.keys(state).length === 0 ? {} : { encryptedValue: writeState(state) };
}

/** What such a value says; nothing where it is another's. */
export function readState(value: string | undefined): State {
  if (value === undefined || !value.startsWith("{")) return {};
  try {
    const state = parseJson(value);
    return isJsonObject(state) ? validated(state) : {};
  } catch {
    return {};
  }
}

/** Clients could change it: only what has the right shape is believed. */
function validated({ opaque, providerExecuted, json, isError, name }: JsonObject): State {
  const whole = isJsonObject(opaque) && typeof opaque.dialect === "string" && opaque.data !== undefined;
  return {
    ...(whole && { opaque: { dialect: String(opaque.dialect), data: opaque.data ?? null } }),
    ...(providerExecuted === true && { providerExecuted }),
    ...(json === true && { json }),
    ...(isError === true && { isError }),
    ...(typeof name === "string" && { name: dataNameOf(name) }),
  };
}
