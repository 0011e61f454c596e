#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { loadPeer } from "../stream/load-peer.js";
import { keysFile } from "./data-folder.js";
import { processIo } from "./io.js";
import { readKeys } from "./kept-keys.js";
import { reportError } from "./report-error.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const io = processIo();

try {
  await loadPeer("commander", "the command");
  const { runCli } = await import("./run-cli.js");
  const keys = () => readKeys(keysFile(process.env));
  process.exitCode = await runCli(process.argv.slice(2), { ...io, keys }, version);
} catch (thrown) {
  reportError(thrown, io);
  io.stderr.write("The package sluice-app brings the command with everything it can use: npm install -g sluice-app\n");
  process.exitCode = 1;
}
// stdin may still be open on a terminal; what was written to a pipe must be out before the process ends.
process.stdout.write("", () => process.exit());
