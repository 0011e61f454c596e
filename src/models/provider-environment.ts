import type { AddressVariable, Environment, Provider } from "./provider.js";

/** A variable that is set, and its value without white space at its ends. */
export interface Found {
  name: string;
  value: string;
}

/** The first of these variables that is set; one that is empty is not. */
export function firstSet(names: readonly string[], env: Environment): Found | undefined {
  for (const name of names) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== "") return { name, value };
  }
  return undefined;
}

/** Where the environment says the service is. */
export function givenBaseUrl({ baseUrlEnv }: Provider, env: Environment): Found | undefined {
  for (const variable of baseUrlEnv) {
    const found = firstSet([variableName(variable)], env);
    if (found === undefined) continue;
    return typeof variable === "string" ? found : { ...found, value: variable.url(found.value) };
  }
  return undefined;
}

/** The variable that makes a provider usable, where one does: its key, or for a server of your own its address. */
export function configuredBy(provider: Provider, env: Environment): string | undefined {
  const at = givenBaseUrl(provider, env);
  const key = firstSet(provider.keyEnv, env);
  if (!provider.keyRequired) return at?.name ?? key?.name;
  return provider.baseUrl === undefined && at === undefined ? undefined : key?.name;
}

/** The variable to set for a provider to be usable, or to be somewhere else than usual. */
export function variableToSet(provider: Provider, env: Environment): string {
  const [address] = provider.baseUrlEnv.map(variableName);
  const [key] = provider.keyEnv;
  const needsKey =
    provider.keyRequired && (firstSet(provider.keyEnv, env) === undefined || provider.baseUrl !== undefined);
  return (needsKey ? key : address) ?? key ?? "";
}

/** The name of a variable that says where a service is. */
export function variableName(variable: AddressVariable): string {
  return typeof variable === "string" ? variable : variable.name;
}

/** `process.env`, where there is one. */
export function defaultEnvironment(): Environment {
  return typeof process === "undefined" ? {} : process.env;
}
