import { isJsonObject, type JsonObject } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { field } from "../resources/yaml-fields.js";

/** The fields of each part of a resource, from Dapr's definition of it. */
const FIELDS = {
  policies: ["timeouts", "retries", "circuitBreakers"],
  retries: ["policy", "duration", "maxInterval", "maxRetries", "matching"],
  circuitBreakers: ["maxRequests", "interval", "timeout", "trip"],
  outbound: ["timeout", "retry", "circuitBreaker"],
};

/** Says which fields nobody reads: daprd passes over them without a word, and the policy is not what its author meant. */
export function warnOfUnknownFields(spec: JsonObject, warn: (message: string) => void): void {
  const check = (value: unknown, path: string, known: readonly string[]) => {
    for (const name of isJsonObject(value) ? Object.keys(value) : []) {
      if (known.some((field) => field.toLowerCase() === name.toLowerCase())) continue;
      const [meant] = nearest(name, known, 1);
      const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
      warn(`${path}.${name} is not read: there is no such field${advice}`);
    }
  };
  const policies = field(spec, "policies");
  check(policies, "policies", FIELDS.policies);
  for (const kind of ["retries", "circuitBreakers"] as const) {
    for (const [name, value] of Object.entries(objectAt(policies, kind))) check(value, `${kind}.${name}`, FIELDS[kind]);
  }
  for (const [name, target] of Object.entries(objectAt(field(spec, "targets"), "components"))) {
    check(objectAt(target, "outbound"), `components.${name}.outbound`, FIELDS.outbound);
  }
}

function objectAt(value: unknown, name: string): JsonObject {
  const found = isJsonObject(value) ? field(value, name) : undefined;
  return isJsonObject(found) ? found : {};
}
