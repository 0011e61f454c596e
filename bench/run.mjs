import { writeFileSync } from "node:fs";
import { pageKb } from "./bundle.mjs";
import { nodeStartMs, runJob, startServer } from "./children.mjs";
import { measures } from "./measures.mjs";
import { pageReport, terminalReport } from "./report.mjs";
import { Results } from "./results.mjs";

/**
 * Measures the rows and prints what came out.
 *
 * @param {ReturnType<typeof import("./options.mjs").readOptions>} options
 * @param {string} command what was typed, for the page.
 * @returns {Promise<boolean>} whether everything could be measured.
 */
export async function run({ rows, quick, json, write, only }, command) {
  const results = new Results(rows);
  const failures = await measureAll(rows, chosen(measures(quick), only), results);
  const result = results.medians();
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : terminalReport(result));
  if (write) writeFileSync(new URL("../docs/benchmarks.md", import.meta.url), pageReport(result, rows, command));
  for (const failure of failures) say(failure);
  return failures.length === 0;
}

/**
 * @param {import("./measures.mjs").Measure[]} all
 * @param {string[]} only
 */
function chosen(all, only) {
  const nameOf = (/** @type {string} */ module) => module.slice("./measures/".length, -".mjs".length);
  const unknown = only.find((name) => !all.some(({ module }) => nameOf(module) === name));
  if (unknown !== undefined) {
    throw new Error(`There is no measurement ${unknown}: ${all.map(({ module }) => nameOf(module)).join(", ")}`);
  }
  return only.length === 0 ? all : all.filter(({ module }) => only.includes(nameOf(module)));
}

/**
 * The repetitions are interleaved, so that what slows the machine for a while slows all rows.
 *
 * @param {import("./rows.mjs").Row[]} rows
 * @param {import("./measures.mjs").Measure[]} all
 * @param {Results} results
 * @returns {Promise<string[]>} what failed.
 */
async function measureAll(rows, all, results) {
  const server = await startServer();
  const failures = [];
  for (let round = 0; round < Math.max(...all.map(({ runs }) => runs)); round++) {
    results.addNodeStart(nodeStartMs());
    for (const { module, settings, runs, appliesTo } of all.filter(({ runs }) => round < runs)) {
      say(`${module.slice("./measures/".length, -".mjs".length)}, run ${round + 1} of ${runs}`);
      for (const row of rows.filter(appliesTo)) {
        try {
          results.add(row, await runJob({ server: server.url, row, module, settings }));
        } catch (error) {
          failures.push(`${row.name}, ${module}: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
  }
  server.stop();
  const sluice = rows.find((row) => row.name === "sluice");
  if (sluice !== undefined) results.add(sluice, { bundleKb: await pageKb("openai-chat") });
  return failures;
}

function say(/** @type {string} */ line) {
  process.stderr.write(`${line}\n`);
}
