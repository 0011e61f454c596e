// A real answer recorded once can be replayed in a test, with its original pace or without.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { echo, record, replay, stream } from "sluice";

const folder = await mkdtemp(join(tmpdir(), "sluice-example-"));
const file = join(folder, "answer.jsonl");

await stream(record(echo(), file), "Remember this.").fullText;
console.log(await stream(replay(file, { speed: Number.POSITIVE_INFINITY }), "anything").fullText);

await rm(folder, { recursive: true });
