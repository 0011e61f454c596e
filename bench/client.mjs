import { makeAnswer } from "./answer.mjs";
import { STAMP_DIGITS, TOKENS } from "./server/modes.mjs";

/**
 * A row's client of the replay server, held to what the server sent: an answer that was read in part, or whose usage is
 * not known, is no measurement.
 */
export class Client {
  #row;
  #open;
  #server;

  /**
   * @param {import("./rows.mjs").Row} row
   * @param {import("./rows.mjs").Open} open
   * @param {string} server its URL.
   */
  constructor(row, open, server) {
    this.#row = row;
    this.#open = open;
    this.#server = server;
  }

  /**
   * Answers in one of the server's modes.
   *
   * @param {keyof typeof TOKENS} mode
   * @returns {{ tokens: number, unitsPerToken: number, read: import("./rows.mjs").Read }} `unitsPerToken`: length of the
   *   pieces for each token.
   */
  answers(mode) {
    const tokens = TOKENS[mode];
    const first = mode === "paced" ? "0".repeat(STAMP_DIGITS) : undefined;
    const { length, perToken } = makeAnswer(tokens, first, this.#row.wire);
    const unit = this.#row.unit;
    const read = this.open(mode);
    return {
      tokens,
      unitsPerToken: perToken[unit],
      read: checked(read, length[unit], unit === "bytes" ? undefined : tokens),
    };
  }

  /** URL of the replay server. */
  get server() {
    return this.#server;
  }

  /** The row's reader of a mode, unchecked. */
  open(/** @type {string} */ mode) {
    const { wire } = this.#row;
    return this.#open(`${this.#server}/${wire === undefined ? mode : `${mode}.${wire}`}/v1`);
  }

  /** The row's tool loop. @returns {Promise<import("./tool-script.mjs").RunLoop>} */
  async toolLoop() {
    const { openTools } = await import(this.#row.module.replace(/\.mjs$/, ".tools.mjs"));
    return openTools();
  }

  /** The row's durable steps, in a database. @returns {Promise<import("./durable-steps.mjs").DurableSteps>} */
  async durableSteps(/** @type {string} */ databaseUrl) {
    const { openSteps } = await import(this.#row.module.replace(/\.mjs$/, ".steps.mjs"));
    return openSteps(databaseUrl);
  }

  /** The row's reader of values. @returns {Promise<import("./json-document.mjs").ReadObject>} */
  async objectReader() {
    const { openObject } = await import(this.#row.module.replace(/\.mjs$/, ".object.mjs"));
    return openObject();
  }

  /** Asks the server itself. @param {"release" | "sent"} what @returns {Promise<unknown>} */
  async ask(what) {
    const { get } = await import("node:http");
    return new Promise((resolve, reject) => {
      const request = get(`${this.#server}/${what}`, { agent: false }, (response) => {
        response.once("data", (body) => resolve(JSON.parse(String(body))));
      });
      request.once("error", reject);
    });
  }
}

/**
 * @param {import("./rows.mjs").Read} read
 * @param {number} length
 * @param {number | undefined} tokens
 * @returns {import("./rows.mjs").Read}
 */
function checked(read, length, tokens) {
  return async (onPiece) => {
    let received = 0;
    const outputTokens = await read((piece) => {
      received += piece.length;
      return onPiece(piece);
    });
    if (received !== length) throw new Error(`read ${received} of ${length}`);
    if (outputTokens !== tokens) throw new Error(`usage says ${outputTokens} output tokens, not ${tokens}`);
    return outputTokens;
  };
}
