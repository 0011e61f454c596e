/**
 * The owner of the state that makes a result of a tool a decision about its call: a `ToolResultPart` whose opaque data is
 * `{ type: "approve" }`, `{ type: "deny", reason? }` or `{ type: "edit", input }`. Whoever runs tools reads it; whoever
 * brings decisions from another protocol writes it.
 */
export const DECISION = "sluice-approval";
