import { Agent } from "undici";
import { SluiceError } from "../../stream/error.js";

/**
 * Looks whether undici is undici. Bun has a module of that name whose agents do nothing: what an agent is there for, such as a look
 * at the address before a connection, would be left out without a word.
 *
 * @param feature what needs it, for the error.
 * @throws {SluiceError} `unsupported`.
 */
export function checkAgents(feature: string): void {
  if (typeof Agent.prototype.dispatch === "function") return;
  throw new SluiceError(
    "unsupported",
    `${feature} needs undici, and what this platform has under that name has no agents`,
  );
}
