// Many inputs, several at once: results in their order, each as soon as it is there; one that fails stops nobody.
import { echo } from "sluice";
import { Agent, runBatch, signature } from "sluice/agents";

const agent = new Agent({
  model: process.env.SLUICE_MODEL ?? echo(),
  signature: signature("prompt -> result"),
  hooks: {
    onStart({ inputs }) {
      if (inputs?.prompt === "bad") throw new Error("no such prompt");
    },
  },
});

/** Made as it is taken: no more than run at once are ever there. */
function* prompts() {
  for (let index = 1; index <= 20; index++) yield { prompt: index === 7 ? "bad" : `item ${index}` };
}

let running = 0;
const onProgress = (done) => {
  running = Math.max(running, done);
};
const results = [];
for await (const item of runBatch(agent, prompts(), { concurrency: 4, onProgress })) {
  results.push(item.status === "done" ? item.result.outputs.result : `failed: ${item.error.message}`);
}
console.log(results.slice(5, 8).join(" | "));
console.log(`${results.length} results, ${running} reported, in order: ${results[19]}`);
