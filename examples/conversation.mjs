// A conversation that remembers, in a file; any process that opens the same file with the same id goes on with it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { echo } from "sluice";
import { Conversation } from "sluice/chat";

const folder = await mkdtemp(join(tmpdir(), "sluice-example-"));
// A path is a SQLite file; postgres://… and redis://… are servers. Without one, SLUICE_DATA or memory.
const store = join(folder, "conversations.db");
const model = echo();

const first = new Conversation({ model, store });
await first.send("My name is Ada.");

const resumed = new Conversation({ model, store, contextId: first.contextId });
for await (const text of resumed.stream("What did I say?").text) process.stdout.write(text);

console.log();
for (const { message } of await resumed.messages()) console.log(message.role, JSON.stringify(message.content));

await first.close();
await resumed.close();
await rm(folder, { recursive: true });
