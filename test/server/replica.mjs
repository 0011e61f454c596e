// A replica for tests that kill it: prints its address. Its models say their first words and then nothing.
import { writeSync } from "node:fs";
import { defineModel } from "sluice/models";
import { RedisRunLog } from "sluice/runs";
import { createServer } from "sluice/server";

const [url = "", heartbeatMs = ""] = process.argv.slice(2);
const log = await RedisRunLog.open({ url, heartbeatMs: Number(heartbeatMs), collectMs: 1 });

const hanging = (id, words) =>
  defineModel({
    id,
    async *stream() {
      yield* words;
      await new Promise(() => {});
    },
  });

const call = { type: "tool-call", callId: "c", name: "look", input: {} };
const server = await createServer({
  models: {
    story: hanging("story", ["Once upon "]),
    mute: hanging("mute", []),
    calling: hanging("calling", ["Let me look. ", call]),
    proud: hanging("proud", ["Mine."]),
  },
  takeover: ["story", "mute", "calling"],
  log,
});
writeSync(1, `${(await server.listen({ port: 0 })).url}\n`);
