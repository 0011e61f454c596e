import { CostMeter } from "../../../src/models/prices/cost-meter.js";
import { PRICES } from "../../../src/models/prices/prices.js";
import type { ChatEvent } from "../../../src/stream/chat-event.js";

/** What an answer cost in USD by published prices, each call by those of its model; `undefined` where one has none. */
export function priceOf(asked: string, events: readonly ChatEvent[]): number | undefined {
  const meter = new CostMeter(asked, PRICES);
  for (const event of events) meter.push(event);
  return meter.total;
}
