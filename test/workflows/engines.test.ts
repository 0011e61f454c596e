import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { EmbeddedEngine } from "../../src/workflows/engines/embedded-engine.js";
import { MemoryEngine } from "../../src/workflows/engines/memory-engine.js";
import { engineContract } from "./engine-contract.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-engines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

engineContract("memory", async () => new MemoryEngine());
engineContract("embedded", () => EmbeddedEngine.open(join(folder, `${files++}.db`)));
