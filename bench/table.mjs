import { figures } from "./figures.mjs";

/**
 * The table: a line for each figure that was measured, a column for each row.
 *
 * @param {import("./results.mjs").ResultRow[]} rows
 * @returns {string[][]} lines of cells; the first line is the head.
 */
export function table(rows) {
  const base = rows.find((row) => row.name === "hand-written");
  const measured = figures.filter(({ key }) => rows.some((row) => row[key] !== undefined));
  return [
    ["", ...rows.map((row) => String(row.name))],
    ["version", ...rows.map((row) => String(row.version))],
    ...measured.map((figure) => [figure.label, ...rows.map((row) => cell(figure, row, base))]),
  ];
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
