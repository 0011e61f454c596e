import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { figures } from "./figures.mjs";
import { median } from "./median.mjs";
import { judge } from "./targets.mjs";

/** The figures of a row by their names, beside `name` and `version`. @typedef {Record<string, string | number>} ResultRow */
/**
 * @typedef {object} Result
 * @property {string} node
 * @property {number} cores
 * @property {string} cpu
 * @property {number} nodeStartMs
 * @property {ResultRow[]} rows
 * @property {import("./targets.mjs").Verdict[]} targets
 */

/** Collects what the repetitions measured, and gives their medians. */
export class Results {
  /** @type {Map<import("./rows.mjs").Row, Map<string, number[]>>} */
  #values = new Map();
  /** @type {number[]} */
  #nodeStarts = [];

  /** @param {import("./rows.mjs").Row[]} rows */
  constructor(rows) {
    for (const row of rows) this.#values.set(row, new Map());
  }

  /**
   * @param {import("./rows.mjs").Row} row
   * @param {import("./job.mjs").Figures} measured
   */
  add(row, measured) {
    const values = this.#values.get(row);
    for (const [key, value] of Object.entries(measured)) {
      if (value !== undefined) values?.set(key, [...(values.get(key) ?? []), value]);
    }
  }

  addNodeStart(/** @type {number} */ ms) {
    this.#nodeStarts.push(ms);
  }

  /** @returns {Result} */
  medians() {
    const rows = Array.from(this.#values, ([row, values]) => {
      const known = figures.filter(({ key }) => values.has(key));
      const medians = known.map(({ key, digits }) => [key, round(median(values.get(key) ?? []), digits)]);
      const wire = row.wire === undefined ? {} : { wire: row.wire };
      return { name: row.name, version: versionOf(row), ...wire, ...Object.fromEntries(medians) };
    });
    return {
      node: process.versions.node,
      cores: cpus().length,
      cpu: cpus()[0]?.model ?? "unknown",
      nodeStartMs: round(median(this.#nodeStarts), 0),
      rows,
      targets: judge(rows),
    };
  }
}

/** @param {import("./rows.mjs").Row} row */
function versionOf(row) {
  if (row.package === undefined) return process.versions.node;
  const folder = row.package === "sluice" ? ".." : `${row.peer ? "peers" : ".."}/node_modules/${row.package}`;
  const file = new URL(`${folder}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).version;
}

/**
 * @param {number | undefined} value
 * @param {number} digits
 */
function round(value, digits) {
  // One digit more than the table shows, for ratios.
  const unit = 10 ** (digits + 1);
  return Math.round((value ?? Number.NaN) * unit) / unit;
}
