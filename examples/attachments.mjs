// Images, sounds and documents: by path, URL or bytes. A model that cannot take one says so before it is called.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineModel, echo } from "sluice";
import { Conversation, file, image } from "sluice/chat";

const folder = await mkdtemp(join(tmpdir(), "sluice-example-"));
const path = join(folder, "dot.png");
// The smallest PNG: one pixel.
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
await writeFile(path, Buffer.from(png, "base64"));

const conversation = new Conversation({ model: echo() });
const reply = await conversation.send([await image(path), await file("https://example.org/paper.pdf")]);
console.log(reply.text);

const textOnly = defineModel({ id: "text-only", capabilities: { input: [] }, stream: () => ["Hello"] });
const another = new Conversation({ model: textOnly });
await another.send([{ type: "text", text: "And this?" }, await image(path)]).catch((error) => {
  console.log(error.code, "-", error.message);
});

await rm(folder, { recursive: true });
