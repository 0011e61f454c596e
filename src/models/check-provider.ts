import { CAPABILITIES } from "../stream/check-capabilities.js";
import {
  boolean,
  type Check,
  callable,
  exactly,
  filledString,
  having,
  list,
  record,
  string,
  stringRecord,
} from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import type { Provider } from "./provider.js";

const VARIABLE = exactly("a variable, or one and what is made of it", {
  name: { required: filledString },
  url: { required: callable },
});
const variable: Check = (value, path) => {
  if (typeof value !== "string") VARIABLE(value, path);
};
const ownHeader = exactly("bearer, or a header", { header: { required: filledString } });
const auth: Check = (value, path) => {
  if (value !== "bearer") ownHeader(value, path);
};

const PROVIDER = exactly(
  "a provider",
  {
    id: { required: filledString },
    label: string,
    dialect: { required: having("a dialect", "writeRequest", "reader") },
    dialectOf: callable,
    baseUrl: string,
    baseUrlEnv: list("an array of variables", variable),
    keyEnv: list("an array of variables", string),
    keyRequired: boolean,
    auth,
    hint: string,
    modelEnv: string,
    families: list("an array of beginnings of names", string),
    headers: stringRecord,
    headersEnv: stringRecord,
    queryEnv: record("an object of arrays of variables", list("an array of variables", string)),
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
