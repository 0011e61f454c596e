import { figures } from "./figures.mjs";

/** @typedef {import("./results.mjs").ResultRow} ResultRow */

/**
 * The table: a line for each figure that was measured, a column for each row that does not compare dialects.
 *
 * @param {ResultRow[]} all
 * @returns {string[][]} lines of cells; the first line is the head. Empty where there is no such row.
 */
export function table(all) {
  const rows = all.filter((row) => row.wire === undefined);
  if (rows.length === 0) return [];
  const base = rows.find((row) => row.name === "hand-written");
  const measured = figures.filter(({ key }) => rows.some((row) => row[key] !== undefined));
  return [
    ["", ...rows.map((row) => String(row.name))],
    ["version", ...rows.map((row) => String(row.version))],
    ...measured.map((figure) => [figure.label, ...rows.map((row) => cell(figure, row, base))]),
  ];
}

/**
 * The dialects: a line for each that was measured, with what a token costs in it.
 *
 * @param {ResultRow[]} rows
 * @returns {string[][]} lines of cells; the first line is the head. Empty where none was measured.
 */
export function dialectTable(rows) {
  const key = "cpuUsPerToken";
  const chat = rows.find((row) => row.name === "sluice");
  const wires = [...new Set(rows.flatMap((row) => row.wire ?? []))];
  if (wires.length === 0) return [];
  const lines = wires.map((wire) => {
    const ours = rows.find((row) => row.name === `sluice.${wire}`);
    const client = rows.find((row) => row.name === `client.${wire}`);
    const costs = [ours, client].map((row) => (typeof row?.[key] === "number" ? decimal(row[key], 2) : "–"));
    return [String(wire), ...costs, times(ours?.[key], chat?.[key]), times(ours?.[key], client?.[key])];
  });
  return [["µs/token, coalesced", "Sluice", "vendor's client", "times openai-chat", "times the client"], ...lines];
}

/**
 * @param {string | number | undefined} value
 * @param {string | number | undefined} base
 */
function times(value, base) {
  return typeof value === "number" && typeof base === "number" ? `${(value / base).toFixed(2)}×` : "–";
}

/**
 * @param {import("./figures.mjs").Figure} figure
 * @param {import("./results.mjs").ResultRow} row
 * @param {import("./results.mjs").ResultRow | undefined} base
 */
function cell({ key, digits, compared }, row, base) {
  const value = row[key];
  if (typeof value !== "number") return "–";
  const reference = base?.[key];
  const times = compared && typeof reference === "number" ? ` (${(value / reference).toFixed(2)}×)` : "";
  return `${decimal(value, digits)}${times}`;
}

/**
 * @param {number} value
 * @param {number} digits after the point.
 */
export function decimal(value, digits) {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
