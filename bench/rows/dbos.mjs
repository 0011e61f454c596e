/** It calls no models: its steps alone are measured. @type {import("../rows.mjs").Open} */
export function open() {
  throw new Error("DBOS reads no answers");
}
