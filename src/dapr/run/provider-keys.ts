import type { Environment } from "../../models/provider.js";
import { PROVIDERS } from "../../models/providers.js";

/** The variables with keys of model providers that are set somewhere: their names, never their values. */
export function providerKeysIn(...environments: readonly Environment[]): string[] {
  const isSet = (name: string) => environments.some((env) => (env[name] ?? "").trim() !== "");
  return [...new Set(PROVIDERS.flatMap(({ keyEnv }) => keyEnv))].filter(isSet).sort();
}
