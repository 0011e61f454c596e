// The replay server, in a process of its own: sends its parent the URL it listens on, and ends with it.
import { createServer } from "node:net";
import { wires } from "../answer.mjs";
import { playCoalesced, playEndless, playHeld, playOnePerWrite, playPaced, playShort } from "./players.mjs";
import { readRequests } from "./request-reader.mjs";

const held = playHeld();
const endless = playEndless();

/** @type {Record<string, (socket: import("node:net").Socket) => Promise<void>>} */
const players = {
  coalesced: playCoalesced(),
  "one-per-write": playOnePerWrite(),
  short: playShort(),
  held: held.play,
  paced: playPaced(),
  endless: endless.play,
  ...Object.fromEntries(wires.map((wire) => [`coalesced.${wire}`, playCoalesced(wire)])),
};

/** What a measurement asks of the server itself. @type {Record<string, () => unknown>} */
const controls = { release: held.release, sent: endless.sent };

const server = createServer({ noDelay: true }, (socket) => {
  // A client may leave in mid-answer.
  socket.on("error", () => {});
  readRequests(socket, (path) => {
    const name = path.split("/")[1] ?? "";
    const control = controls[name];
    if (control !== undefined) return socket.write(response(200, JSON.stringify(control() ?? null)));
    const play = players[name];
    if (play === undefined) return socket.write(response(404, JSON.stringify(`no mode ${name}`)));
    return void play(socket);
  });
});

server.listen({ host: "127.0.0.1", port: 0, backlog: 2_048 }, () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.send?.(`http://127.0.0.1:${address.port}`);
});
process.on("disconnect", () => process.exit());

/**
 * @param {number} status
 * @param {string} body
 */
function response(status, body) {
  return `HTTP/1.1 ${status} -\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
