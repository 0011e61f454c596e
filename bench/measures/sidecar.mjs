import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Dapr } from "sluice/dapr/wire";
import { request } from "undici";
import { median } from "../median.mjs";
import { nextMessage } from "../next-message.mjs";
import { PROMPT } from "../request.mjs";
import { TOKENS } from "../server/modes.mjs";
import { bulk } from "./bulk.mjs";
import { readFor } from "./read-for.mjs";

/** Requests that are timed to their first token, each way. */
const TIMED = 300;

/**
 * What Dapr's sidecar adds to a model: its own CPU time for each token beside that of reading the model in process, and
 * the time to the first token. The client's work is not in it: the sidecar runs in a process of its own.
 *
 * @type {import("../job.mjs").Measurement}
 */
export async function measure(client, settings) {
  const direct = await bulk(client.answers("coalesced"), settings);
  const inProcess = direct.cpuUs / direct.tokens;
  const sidecar = await start(client.server);
  try {
    const http = await cpuUsPerToken(sidecar, () => askHttp(sidecar.http, "coalesced"), settings);
    const grpc = await cpuUsPerToken(sidecar, () => askGrpc(sidecar.grpc, "coalesced"), settings);
    const read = client.open("short");
    const near = () => firstToken((onPiece) => read(onPiece));
    const far = () => firstToken((onPiece) => askHttp(sidecar.http, "short", onPiece));
    for (let i = 0; i < TIMED; i++) await far();
    /** @type {number[]} */
    const nearMs = [];
    /** @type {number[]} */
    const farMs = [];
    // By turns, so that what slows the machine for a while slows both.
    for (let i = 0; i < TIMED; i++) {
      nearMs.push(await near());
      farMs.push(await far());
    }
    return {
      sidecarHttpCpuUsPerToken: http - inProcess,
      sidecarGrpcCpuUsPerToken: grpc - inProcess,
      sidecarFirstTokenUs: (median(farMs) - median(nearMs)) * 1_000,
    };
  } finally {
    sidecar.stop();
  }
}

/** @param {string} server */
async function start(server) {
  const child = fork(fileURLToPath(new URL("../sidecar/main.mjs", import.meta.url)), [server]);
  const { http, grpc } = /** @type {{ http: string, grpc: string }} */ (await nextMessage(child));
  return {
    http,
    grpc,
    /** @returns {Promise<number>} in µs. */
    cpuUs: async () => {
      child.send("cpu");
      return Number(await nextMessage(child));
    },
    stop: () => child.disconnect(),
  };
}

/**
 * @param {{ cpuUs: () => Promise<number> }} sidecar
 * @param {() => Promise<undefined>} read
 * @param {import("../measures.mjs").Settings} settings
 */
async function cpuUsPerToken(sidecar, read, { warmUpMs, ms }) {
  await readFor(read, warmUpMs);
  const before = await sidecar.cpuUs();
  const answers = await readFor(read, ms);
  return ((await sidecar.cpuUs()) - before) / (answers * TOKENS.coalesced);
}

/**
 * @param {string} url
 * @param {string} component
 * @param {(piece: string | Uint8Array) => void | Promise<void>} [onPiece]
 * @returns {Promise<undefined>}
 */
async function askHttp(url, component, onPiece) {
  const body = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: PROMPT }] } }] }] });
  const path = `${url}/v1.0-alpha2/conversation/${component}/converse/stream`;
  const response = await request(path, { method: "POST", body });
  if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}: ${await response.body.text()}`);
  let last = "";
  for await (const bytes of response.body.setEncoding("utf8")) {
    last = bytes;
    if (onPiece !== undefined && last.includes('"text":')) await onPiece(last);
  }
  if (!last.includes('"complete":')) throw new Error("the answer has no end");
}

/**
 * @param {string} baseUrl
 * @param {string} name
 * @returns {Promise<undefined>}
 */
async function askGrpc(baseUrl, name) {
  clients[baseUrl] ??= createClient(Dapr, createGrpcTransport({ baseUrl }));
  const client = clients[baseUrl];
  /** @type {{ messageTypes: { case: "ofUser", value: { content: { text: string }[] } } }} */
  const message = { messageTypes: { case: "ofUser", value: { content: [{ text: PROMPT }] } } };
  let last;
  for await (const chunk of client.converseStreamAlpha2({ name, inputs: [{ messages: [message] }] })) last = chunk;
  if (last?.responseType.case !== "complete") throw new Error("the answer has no end");
}

/** @type {Record<string, import("@connectrpc/connect").Client<typeof Dapr>>} */
const clients = {};

/**
 * @param {(onPiece: () => void) => Promise<unknown>} read
 * @returns {Promise<number>} ms to the first piece.
 */
async function firstToken(read) {
  const began = performance.now();
  let first = 0;
  await read(() => {
    first ||= performance.now() - began;
  });
  return first;
}
