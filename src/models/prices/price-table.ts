import {
  type Check,
  checkedObject,
  checkFields,
  exactly,
  filledString,
  list,
  pattern,
  wholeNumber,
  withFields,
} from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";

/** What tokens cost, in USD per million. A price that is absent is not known. */
export interface Price {
  /** The price of prompt tokens that were neither read from a cache nor written to one. */
  input: number;
  /** Reasoning included. */
  output: number;
  /** The price of prompt tokens that were read from the provider's cache. */
  cacheRead?: number;
  /** The price of prompt tokens that were written to the provider's cache. */
  cacheWrite?: number;
  /** The price of those that were written to be kept for an hour, if that costs more. */
  cacheWrite1h?: number;
}

/** What calls with long prompts cost: all tokens of the call, and not only those above the limit. */
export interface PriceTier extends Price {
  /** The tier is that of calls with more input tokens than this. */
  aboveInputTokens: number;
}

/** The prices of one model, or of several that cost the same. */
export interface PriceRow extends Price {
  /** The provider's id, as it stands before the slash in a model's name. */
  provider: string;
  /** As the provider names them, without the date of a snapshot unless it has a price of its own. */
  models: readonly string[];
  /** What long prompts cost, where that is more. */
  tiers?: readonly PriceTier[];
  /** Calls with more input tokens cost something that is not known here. */
  maxInputTokens?: number;
  /** Where the prices were found, a URL. */
  source: string;
  /** When the source was checked, as `2026-11-21`. */
  date: string;
}

/** Prices of models. The first row that fits counts. */
export interface PriceTable {
  /** One row for each model, or for several of one price. */
  models: readonly PriceRow[];
}

/**
 * A price table from outside.
 *
 * @throws {SluiceError} `invalid-argument` with the path of the field, what was found and what is allowed.
 */
export function checkPriceTable(value: unknown): PriceTable {
  checkFields(checkedObject(value, "prices", "an object with models"), "", { models: { required: rows } });
  return value as PriceTable;
}

/** A price table among options: each is looked at once, since they have thousands of rows. */
export const priceTable: Check = (value, path) => {
  if (typeof value === "object" && value !== null && checked.has(value)) return;
  TABLE(value, path);
  checked.add(value as PriceTable);
};

const checked = new WeakSet<object>();

const PRICES = {
  input: { required: price },
  output: { required: price },
  cacheRead: price,
  cacheWrite: price,
  cacheWrite1h: price,
};

const tiers = list(
  "an array of tiers",
  withFields("a tier", { ...PRICES, aboveInputTokens: { required: wholeNumber(1) } }),
);

const rows = list(
  "an array of rows",
  withFields("a row", {
    ...PRICES,
    provider: { required: filledString },
    models: { required: list("an array of at least one name", filledString, 1) },
    tiers,
    maxInputTokens: wholeNumber(1),
    source: { required: filledString },
    date: { required: pattern("a date such as 2026-11-21", /^\d{4}-\d{2}-\d{2}$/) },
  }),
);

function price(value: unknown, path: string): void {
  if (typeof value !== "number" || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw invalid(path, value, "USD per million tokens, a number of at least 0");
  }
}

const TABLE = exactly("a price table", { models: { required: rows } }, "prices");
