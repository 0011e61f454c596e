import { CAPABILITIES } from "../stream/check-capabilities.js";
import {
  anything,
  boolean,
  callable,
  exactly,
  filledString,
  having,
  list,
  string,
  stringRecord,
} from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import type { Provider } from "./provider.js";

const PROVIDER = exactly(
  "a provider",
  {
    id: { required: filledString },
    label: string,
    dialect: { required: having("a dialect", "writeRequest", "reader") },
    dialectOf: callable,
    baseUrl: string,
    baseUrlEnv: list("an array of variables", anything),
    keyEnv: list("an array of variables", string),
    keyRequired: boolean,
    auth: anything,
    hint: string,
    modelEnv: string,
    families: list("an array of beginnings of names", string),
    headers: stringRecord,
    headersEnv: stringRecord,
    queryEnv: anything,
    address: callable,
    list: callable,
    capabilities: CAPABILITIES,
  } satisfies Record<keyof Provider, unknown>,
  "provider",
);

/** @throws {SluiceError} `invalid-argument` for what is no provider, and for an id with a slash or white space. */
export function checkProvider(provider: Provider): void {
  PROVIDER(provider, "");
  if (/^[^/\s]+$/.test(provider.id)) return;
  throw invalid("provider.id", provider.id, "a name without slash and white space");
}
