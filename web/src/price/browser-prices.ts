import type { PriceTable } from "../../../src/models/prices/price-table.js";
import { PRICES } from "../../../src/models/prices/prices.js";

/** Stands in for the library's default in the browser, which has no file of prices. */
export function defaultPrices(): PriceTable {
  return PRICES;
}
