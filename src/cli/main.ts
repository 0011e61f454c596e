#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { processIo } from "./io.js";
import { runCli } from "./run-cli.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

process.exitCode = await runCli(process.argv.slice(2), processIo(), version);
// stdin may still be open on a terminal; what was written to a pipe must be out before the process ends.
process.stdout.write("", () => process.exit());
