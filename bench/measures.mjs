// What is measured. Each measurement runs in a process of its own, so that its CPU time is the client's alone.

/**
 * @typedef {object} Settings
 * @property {number} streams at once.
 * @property {number} warmUpMs
 * @property {number} ms how long to measure.
 */
/**
 * @typedef {object} Measure
 * @property {string} module below bench/; exports a `measure` as `job.mjs` runs it.
 * @property {number} runs how often it is repeated.
 * @property {Settings} settings
 * @property {(row: import("./rows.mjs").Row) => boolean} appliesTo
 */

/** @returns {Measure[]} */
export function measures(/** @type {boolean} */ quick) {
  const runs = quick ? 1 : 3;
  const bulk = quick ? { streams: 1, warmUpMs: 350, ms: 400 } : { streams: 1, warmUpMs: 700, ms: 1_000 };
  // It takes thousands of requests until all of a client's code is compiled.
  const warm = { ...bulk, warmUpMs: quick ? 900 : 1_500 };
  return [
    { module: "./measures/import.mjs", runs: quick ? 1 : 7, settings: bulk, appliesTo: isPackage },
    { module: "./measures/one-per-write.mjs", runs, settings: bulk, appliesTo: isMain },
    { module: "./measures/coalesced.mjs", runs, settings: warm, appliesTo: readsAnswers },
    { module: "./measures/request.mjs", runs, settings: warm, appliesTo: isMain },
    {
      module: "./measures/concurrent.mjs",
      // The opening of the streams takes its time.
      runs: Math.min(runs, 2),
      settings: { streams: 1_000, warmUpMs: quick ? 200 : 500, ms: quick ? 700 : 2_000 },
      appliesTo: isMain,
    },
    {
      module: "./measures/paced.mjs",
      runs,
      settings: { streams: 100, warmUpMs: quick ? 300 : 1_000, ms: 3_000 },
      appliesTo: isMain,
    },
    { module: "./measures/append.mjs", runs, settings: bulk, appliesTo: isSluice },
    { module: "./measures/workflow.mjs", runs, settings: warm, appliesTo: isSluice },
    { module: "./measures/durable-steps.mjs", runs, settings: warm, appliesTo: hasSteps },
    { module: "./measures/scrub.mjs", runs, settings: bulk, appliesTo: isSluice },
    { module: "./measures/speech.mjs", runs: 1, settings: bulk, appliesTo: isSluice },
    { module: "./measures/layers.mjs", runs, settings: warm, appliesTo: isSluice },
    { module: "./measures/agent.mjs", runs, settings: warm, appliesTo: isSluice },
    { module: "./measures/tool-calls.mjs", runs, settings: bulk, appliesTo: runsTools },
    { module: "./measures/sidecar.mjs", runs, settings: warm, appliesTo: isSluice },
    // A peer takes ten seconds.
    { module: "./measures/object.mjs", runs: 1, settings: bulk, appliesTo: readsObjects },
    {
      module: "./measures/slow-reader.mjs",
      runs: 1,
      settings: { streams: 1, warmUpMs: 500, ms: quick ? 600 : 2_500 },
      appliesTo: readsText,
    },
  ];
}

function readsAnswers(/** @type {import("./rows.mjs").Row} */ row) {
  return row.answers;
}

function hasSteps(/** @type {import("./rows.mjs").Row} */ row) {
  return row.steps;
}

/** All rows but those that are there to compare the dialects. */
function isMain(/** @type {import("./rows.mjs").Row} */ row) {
  return row.wire === undefined && row.answers;
}

function isPackage(/** @type {import("./rows.mjs").Row} */ row) {
  return row.package !== undefined && isMain(row);
}

/** The floor's pieces are network reads, not tokens. */
function readsText(/** @type {import("./rows.mjs").Row} */ row) {
  return row.unit === "characters" && isMain(row);
}

function isSluice(/** @type {import("./rows.mjs").Row} */ row) {
  return row.name === "sluice";
}

function readsObjects(/** @type {import("./rows.mjs").Row} */ row) {
  return row.objects;
}

function runsTools(/** @type {import("./rows.mjs").Row} */ row) {
  return row.tools;
}
