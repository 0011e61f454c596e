import { parseJson } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import type { Environment } from "../provider.js";
import { defaultEnvironment } from "../provider-environment.js";
import type { PriceTable } from "./price-table.js";
import { PRICES } from "./prices.js";
import { readPriceFile } from "./read-price-file.js";

/** Tables by the file that they were read from: it is read once. */
const read = new Map<string, PriceTable>();

/**
 * The built-in prices, with the rows of the JSON file that `SLUICE_PRICES` names before them: a table of ours, LiteLLM's
 * `model_prices_and_context_window.json` or the `api.json` of models.dev. Nothing is fetched.
 *
 * @throws {SluiceError} `invalid-argument` for a file that cannot be read or is no price table.
 */
export function defaultPrices(env: Environment = defaultEnvironment()): PriceTable {
  const file = env.SLUICE_PRICES;
  if (!file) return PRICES;
  const known = read.get(file);
  if (known !== undefined) return known;
  const table = { models: [...readTable(file).models, ...PRICES.models] };
  read.set(file, table);
  return table;
}

function readTable(file: string): PriceTable {
  try {
    // Imported as a module it brings Node's streams along, which takes longer than most of this package.
    const { readFileSync, statSync } = process.getBuiltinModule("node:fs");
    const date = statSync(file).mtime.toISOString().slice(0, "2026-11-21".length);
    return readPriceFile(parseJson(readFileSync(file, "utf8")), date);
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    throw new SluiceError("invalid-argument", `SLUICE_PRICES, ${file}: ${cause.message}`, {
      field: "SLUICE_PRICES",
      cause,
    });
  }
}
