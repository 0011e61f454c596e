import type { Address } from "./provider.js";

/** A version such as `2024-10-21` or `2025-04-01-preview`. */
const DATED = /^\d{4}-/;

/**
 * Where an Azure OpenAI deployment is. A dated `api-version` belongs to the older API, whose path names the deployment;
 * without one, the v1 API takes it as the model. An address that already has a path is left as it is.
 */
export function azureAddress({ baseUrl, query }: Address, deployment: string): Address {
  if (!URL.canParse(baseUrl) || new URL(baseUrl).pathname !== "/") return { baseUrl, query };
  const dated = DATED.test(query["api-version"] ?? "");
  const path = dated ? `/openai/deployments/${encodeURIComponent(deployment)}` : "/openai/v1";
  return { baseUrl: baseUrl + path, query };
}
