#!/usr/bin/env node
// The command is the library's own: this package brings what it can use.
await import(new URL("./cli/main.js", import.meta.resolve("sluice")).href);
