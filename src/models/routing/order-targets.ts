import type { ChatRequest } from "../../stream/chat-request.js";
import { textOf } from "../../stream/message.js";
import { cost } from "../prices/cost.js";
import type { PriceTable } from "../prices/price-table.js";
import type { RouteTarget } from "./route-target.js";

/**
 * Which target is asked first:
 * - `first`: the first, the others where it fails;
 * - `weighted`: any, the more often the more weight it has;
 * - `least-busy`: the one with the fewest calls under way for its weight;
 * - `cheapest`: the one with the lowest price for this request; those whose price is not known come last.
 */
export type RouteChoice = "first" | "weighted" | "least-busy" | "cheapest";

/** What an order is made by. */
export interface Ordering {
  choose: RouteChoice;
  /** From 0 to 1. */
  random: () => number;
  prices: PriceTable;
}

/**
 * The targets in the order in which they are to be tried. Those that would have to wait come after those that would not, and
 * those whose circuit breaker is open last: they are tried when nothing else is left.
 */
export function orderTargets(targets: readonly RouteTarget[], request: ChatRequest, ordering: Ordering): RouteTarget[] {
  const rank = (target: RouteTarget) => (target.open ? 2 : target.full ? 1 : 0);
  return chosen(targets, request, ordering).sort((a, b) => rank(a) - rank(b));
}

function chosen(targets: readonly RouteTarget[], request: ChatRequest, ordering: Ordering): RouteTarget[] {
  const { choose, random, prices } = ordering;
  switch (choose) {
    case "first":
      return [...targets];
    case "weighted":
      return weighted(targets, random);
    case "least-busy":
      return [...targets].sort((a, b) => a.running / a.weight - b.running / b.weight);
    case "cheapest": {
      const usage = expectedUsage(request);
      const price = new Map(targets.map((one) => [one, cost(usage, one.model.id, prices) ?? Number.POSITIVE_INFINITY]));
      // Equal where both are not known: the difference of two infinities is no number.
      return [...targets].sort((a, b) => (price.get(a) ?? 0) - (price.get(b) ?? 0) || 0);
    }
    default:
      return choose satisfies never;
  }
}

/** Draws one after the other, each with the chance that its weight has among those that are left. */
function weighted(targets: readonly RouteTarget[], random: () => number): RouteTarget[] {
  const left = [...targets];
  const order: RouteTarget[] = [];
  while (left.length > 0) {
    let draw = random() * left.reduce((sum, { weight }) => sum + weight, 0);
    const index = left.findIndex(({ weight }) => {
      draw -= weight;
      return draw < 0;
    });
    order.push(...left.splice(index === -1 ? left.length - 1 : index, 1));
  }
  return order;
}

/** Characters of a token, and the tokens of an answer whose length nobody limits. */
const TOKEN_CHARACTERS = 4;
const USUAL_ANSWER = 500;

/** Roughly: prices differ by more than this does. */
function expectedUsage({ messages, maxTokens }: ChatRequest) {
  let characters = 0;
  for (const message of messages) characters += textOf(message).length;
  return {
    inputTokens: Math.ceil(characters / TOKEN_CHARACTERS),
    outputTokens: Math.min(maxTokens ?? USUAL_ANSWER, USUAL_ANSWER),
  };
}
