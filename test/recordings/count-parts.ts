import type { AssistantPart } from "../../src/stream/message.js";

/** How many parts there are of each of these types, by name; those of which there are none are left out. */
export function countParts<Name extends string>(
  parts: readonly AssistantPart[],
  types: Readonly<Record<Name, AssistantPart["type"]>>,
): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(types) as Name[]) {
    const count = parts.filter(({ type }) => type === types[name]).length;
    if (count > 0) counts[name] = count;
  }
  return counts;
}
