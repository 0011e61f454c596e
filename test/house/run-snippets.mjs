// Imports modules one after the other, each to its end, and writes what failed: `node run-snippets.mjs OUTCOMES FILE…`.
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const [outcomes, ...files] = process.argv.slice(2);
const LONGEST_MS = 120_000;

// What a page of the browser has.
globalThis.document = { body: { append() {} } };

const results = [];
let failure;
process.on("unhandledRejection", (reason) => {
  failure ??= reason;
});
process.on("uncaughtException", (error) => {
  failure ??= error;
});

for (const file of files) {
  failure = undefined;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it takes longer than ${LONGEST_MS} ms`)), LONGEST_MS);
  });
  try {
    await Promise.race([import(pathToFileURL(file).href), late]);
    await new Promise(setImmediate);
    if (failure !== undefined) throw failure;
    results.push({ file: basename(file) });
  } catch (error) {
    results.push({ file: basename(file), error: String(error?.stack ?? error) });
  }
  clearTimeout(timer);
  writeFileSync(outcomes, JSON.stringify(results));
}
writeFileSync(outcomes, JSON.stringify(results));
process.exit();
