#!/usr/bin/env node
import { processIo } from "./io.js";
import { runCli } from "./run-cli.js";

process.exitCode = await runCli(process.argv.slice(2), processIo());
// stdin may still be open on a terminal; what was written to a pipe must be out before the process ends.
process.stdout.write("", () => process.exit());
