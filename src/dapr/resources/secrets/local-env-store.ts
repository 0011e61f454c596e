import type { Environment } from "../../../models/provider.js";
import type { Report } from "../notice.js";
import { findProperty, type Properties } from "../properties.js";
import type { SecretStore } from "./secret-store.js";

/**
 * The store `secretstores.local.env`: variables of the environment, with the prefix of the key `prefix`. Dapr's own
 * variables are out of its reach.
 */
export function localEnvStore(properties: Properties, env: Environment, report: Report): SecretStore {
  const prefix = findProperty(properties, "prefix") ?? "";
  return {
    get(name) {
      const variable = prefix + name;
      if (isForbidden(variable)) {
        report({ level: "warning", message: `Access to env var ${name} is forbidden` });
        return { [name]: "" };
      }
      return { [name]: env[variable] ?? "" };
    },
  };
}

function isForbidden(variable: string): boolean {
  const upper = variable.toUpperCase();
  return upper === "APP_API_TOKEN" || upper.startsWith("DAPR_");
}
