import { parseArgs } from "node:util";
import { rows } from "./rows.mjs";

const USAGE = `npm run bench -- [--only M] [--quick] [--json] [--write] [ROW …]
  --only M  these measurements (their names stand in bench/README.md), with commas between them
  --quick   under 40 seconds; without names, the rows that need nothing installed
  --json    the figures as JSON on stdout, and nothing else there (npm itself is quiet with: npm run --silent bench)
  --write   writes docs/benchmarks.md
  ROW       ${rows.map((row) => row.name).join(", ")}; default all`;

/**
 * Reads the command line. Ends the process where it asks for help or is wrong.
 *
 * @param {string[]} args
 * @returns {{ rows: import("./rows.mjs").Row[], quick: boolean, json: boolean, write: boolean, only: string[] }}
 */
export function readOptions(args) {
  const { values, positionals } = parse(args);
  if (values.help) leave(USAGE, 0);
  const unknown = positionals.find((name) => rows.every((row) => row.name !== name));
  if (unknown !== undefined) leave(`There is no row ${unknown}.\n${USAGE}`, 2);
  const { quick = false, json = false, write = false } = values;
  const chosen = rows.filter((row) =>
    positionals.length > 0 ? positionals.includes(row.name) : !(quick && (row.peer || row.wire)),
  );
  return { rows: chosen, quick, json, write, only: values.only?.split(",") ?? [] };
}

/** @param {string[]} args */
function parse(args) {
  /** @type {{ type: "boolean" }} */
  const flag = { type: "boolean" };
  try {
    const options = {
      only: { type: /** @type {const} */ ("string") },
      quick: flag,
      json: flag,
      write: flag,
      help: { ...flag, short: "h" },
    };
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return leave(`${error instanceof Error ? error.message : error}\n${USAGE}`, 2);
  }
}

/**
 * @param {string} text
 * @param {number} code
 * @returns {never}
 */
function leave(text, code) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}
