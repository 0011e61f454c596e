// Writes runs to a Redis for tests that kill or stop it: prints a line for each thing that happened.
import { writeSync } from "node:fs";
import { RedisRunLog, startRun } from "sluice/runs";
import { ChatStream } from "sluice/stream";

const [url = "", run = "", heartbeatMs = "", announces = "", follows = ""] = process.argv.slice(2);
const say = (line) => writeSync(1, `${line}\n`);
const log = await RedisRunLog.open({ url, heartbeatMs: Number(heartbeatMs), collectMs: 1 });

/** A number each ms or so, until it is stopped. */
async function* count() {
  yield { type: "start", id: run, model: "counter" };
  for (let i = 0; ; i++) {
    yield { type: "text-delta", text: `${i} ` };
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

if (announces !== "") {
  // It has begun to announce the end when it is killed.
  log.onEnded = () => {
    say("announcing");
    return new Promise(() => {});
  };
}

const announced = announces !== "";
const settings = { run, attended: false, announced, ...(follows !== "" && { follows }) };
const writer = await startRun(log, ChatStream.from(count()), settings);
say("begun");
const { error } = await writer.done;
say(`ended ${error?.code}`);
await log.close();
