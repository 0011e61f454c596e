// One measurement of one row, in a process of its own: takes the job as its argument, sends its parent the figures.
import { Client } from "./client.mjs";

/** Figures by name; one that could not be had is absent. @typedef {Record<string, number | undefined>} Figures */
/**
 * `importMs`: what it took to import the row's library.
 *
 * @typedef {(client: Client, settings: import("./measures.mjs").Settings & { importMs: number }) => Promise<Figures>}
 *   Measurement
 */
/**
 * @typedef {object} Job
 * @property {string} server URL of the replay server.
 * @property {import("./rows.mjs").Row} row
 * @property {string} module of the measurement.
 * @property {import("./measures.mjs").Settings} settings
 */

const { server, row, module, settings } = /** @type {Job} */ (JSON.parse(process.argv[2] ?? ""));

const start = performance.now();
const { open } = await import(row.module);
const importMs = performance.now() - start;

/** @type {{ measure: Measurement }} */
const { measure } = await import(module);
const figures = await measure(new Client(row, open, server), { ...settings, importMs });
// Streams may still be open.
process.send?.(figures, () => process.exit());
