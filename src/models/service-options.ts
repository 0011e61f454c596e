import { RETRY, TIMEOUTS } from "../stream/call-options.js";
import { type Check, callable, jsonObject, string, stringRecord, transport } from "../stream/checks.js";
import type { ModelOptions } from "./provider-service.js";

/** Settings of whatever a provider's service is called for. What is given here wins over the environment. */
export type ServiceOptions = Pick<
  ModelOptions,
  "apiKey" | "baseUrl" | "headers" | "query" | "transport" | "fetch" | "timeouts" | "retry" | "env"
>;

/** The fields of `ServiceOptions`. */
export const SERVICE_OPTIONS = {
  apiKey: string,
  baseUrl: string,
  headers: stringRecord,
  query: stringRecord,
  transport,
  fetch: callable,
  timeouts: TIMEOUTS,
  retry: RETRY,
  env: jsonObject,
} satisfies Record<keyof ServiceOptions, Check>;
