import { figures } from "./figures.mjs";
import { decimal, dialectTable, table } from "./table.mjs";

/** @typedef {import("./results.mjs").Result} Result */

/** What the terminal shows. @param {Result} result */
export function terminalReport(result) {
  const tables = [table(result.rows), dialectTable(result.rows)].filter((lines) => lines.length > 0);
  const printed = tables.flatMap((lines) => [...aligned(lines), ""]);
  return ["", ...printed, machine(result), "", ...verdicts(result), ""].join("\n");
}

/** @param {string[][]} lines */
function aligned(lines) {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => line.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join("  "));
}

/**
 * The page `docs/benchmarks.md`.
 *
 * @param {Result} result
 * @param {import("./rows.mjs").Row[]} rows
 * @param {string} command
 */
export function pageReport(result, rows, command) {
  const dialects = markdown(dialectTable(result.rows));
  return `# Benchmarks

Written by \`${command}\`. What is measured and how stands in [bench/README.md](../bench/README.md).
${machine(result)}
In brackets: times the hand-written loop.

${markdown(table(result.rows))}
${dialects === "" ? "" : `\nThe dialects, each beside its vendor's own client:\n\n${dialects}\n`}
Figures:

${figures.map(({ label, meaning }) => `- ${label}: ${meaning}.`).join("\n")}

Rows:

${rows
  .filter(({ wire }) => wire === undefined)
  .map(({ name, about }) => `- ${name}: ${about}.`)
  .join("\n")}

Targets:

${verdicts(result)
  .map((verdict) => `- ${verdict}`)
  .join("\n")}
`;
}

/** @param {string[][]} lines */
function markdown(lines) {
  const [head, ...body] = lines.map((cells) => `| ${cells.join(" | ")} |`);
  if (head === undefined) return "";
  return [head, head.replace(/[^|]+/g, " --: ").replace(" --: ", " --- "), ...body].join("\n");
}

/** The first column is text, the others are numbers. @param {string} cell @param {number} width @param {number} column */
function pad(cell, width, column) {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** @param {Result} result */
function machine({ node, cores, cpu, nodeStartMs }) {
  return `Node ${node} on ${cores} cores (${cpu}). Node alone starts and ends in ${decimal(nodeStartMs, 0)} ms.`;
}

/** @param {Result} result */
function verdicts({ targets }) {
  return targets.map(({ says, verdict, value, limit }) => {
    const numbers =
      value === undefined || limit === undefined ? "" : ` (${decimal(value, 2)}, limit ${decimal(limit, 2)})`;
    return `${verdict}: ${says}${numbers}`;
  });
}
