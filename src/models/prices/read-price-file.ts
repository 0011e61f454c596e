import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { invalid } from "../../stream/error.js";
import { liteLlmRows } from "./litellm-prices.js";
import { modelsDevRows } from "./models-dev-prices.js";
import { checkPriceTable, type PriceTable } from "./price-table.js";

/**
 * The prices of a JSON file: a table of ours, LiteLLM's `model_prices_and_context_window.json`, or the `api.json` of models.dev.
 * Models without prices for tokens are left out.
 *
 * @param date when the file was written, as `2026-11-21`: what the rows of a foreign file have as theirs.
 * @throws {SluiceError} `invalid-argument` for a file of none of these forms, or without any price.
 */
export function readPriceFile(value: JsonValue, date: string): PriceTable {
  if (!isJsonObject(value) || Object.hasOwn(value, "models")) return checkPriceTable(value);
  const models = isLiteLlm(value)
    ? liteLlmRows(value, date)
    : isModelsDev(value)
      ? modelsDevRows(value, date)
      : undefined;
  if (models === undefined) return checkPriceTable(value);
  if (models.length === 0) throw invalid("prices", value, "at least one model with prices for tokens");
  return checkPriceTable({ models });
}

function isLiteLlm(file: JsonObject): boolean {
  return Object.values(file).some((row) => isJsonObject(row) && typeof row.litellm_provider === "string");
}

function isModelsDev(file: JsonObject): boolean {
  return Object.values(file).some((provider) => isJsonObject(provider) && isJsonObject(provider.models));
}
