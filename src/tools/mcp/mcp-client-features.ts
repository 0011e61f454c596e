import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { ClientCapabilities } from "@modelcontextprotocol/sdk/types.js";
import { type Check, exactly, filledString } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { answerElicitation, type McpElicitationHandler } from "./mcp-elicitation.js";
import { answerSampling, type McpSampling } from "./mcp-sampling.js";

/** A folder or file that a server may work with. */
export interface McpRoot {
  /** A path, or a `file:` URL. */
  path: string | URL;
  /** What to call it. */
  name?: string;
}

const path: Check = (value, at) => {
  if (!(value instanceof URL)) filledString(value, at);
};
const ROOT = exactly("a root", { path: { required: path }, name: filledString } satisfies Record<
  keyof McpRoot,
  unknown
>);

/** What a server may ask of its client. What is given here is offered when the session begins. */
export interface McpClientFeatures {
  /** Where the server may work: paths, `file:` URLs, or either with a name. It is a hint that servers need not follow. */
  roots?: readonly (string | URL | McpRoot)[];
  /**
   * Asks the user what the server wants to know while it runs a tool. `"ask"`: it is a question of the stream (`input-request`),
   * answered by `onInput` or, in any process, by a message; the call is then made again, and the same question answered at once.
   */
  onElicitation?: McpElicitationHandler | "ask";
  /** A model for the server's own questions, and who allows them. */
  sampling?: McpSampling;
}

/** The capabilities that the server is offered. */
export function capabilitiesOf({ roots, onElicitation, sampling }: McpClientFeatures): ClientCapabilities {
  return {
    ...(roots && { roots: {} }),
    ...(onElicitation && { elicitation: { form: {}, url: {} } }),
    ...(sampling && { sampling: {} }),
  };
}

/** Answers what the server asks, before and while its tools run. */
export async function offerFeatures(
  client: Client,
  { roots, onElicitation, sampling }: McpClientFeatures,
): Promise<void> {
  const { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } = await loadPeer(
    "@modelcontextprotocol/sdk/types.js",
    "tools of MCP servers",
  );
  if (roots !== undefined) {
    const listed = await readRoots(roots);
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: listed }));
  }
  if (onElicitation !== undefined && onElicitation !== "ask") {
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) =>
      answerElicitation(params, signal, onElicitation),
    );
  }
  if (sampling !== undefined) {
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }, { signal }) =>
      answerSampling(params, signal, sampling),
    );
  }
}

/** @throws {SluiceError} `invalid-argument` for a URL that is not a `file:` URL. */
export function checkRoots(roots: readonly (string | URL | McpRoot)[]): void {
  for (const [index, root] of roots.entries()) {
    if (typeof root !== "string" && !(root instanceof URL)) ROOT(root, `roots[${index}]`);
    const path = String(rootOf(root).path);
    if (path === "" || (SCHEME.test(path) && !/^file:/i.test(path))) {
      throw invalid(`roots[${index}]`, path, "a path or a file: URL");
    }
  }
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

function rootOf(root: string | URL | McpRoot): McpRoot {
  return typeof root === "string" || root instanceof URL ? { path: root } : root;
}

/** Roots as the protocol has them. */
async function readRoots(roots: readonly (string | URL | McpRoot)[]): Promise<{ uri: string; name?: string }[]> {
  // Loaded here, so that tools can be bundled for browsers.
  const { pathToFileURL } = await import("node:url");
  return roots.map((root) => {
    const { path, name } = rootOf(root);
    const text = String(path);
    return { uri: SCHEME.test(text) ? text : pathToFileURL(text).href, ...(name !== undefined && { name }) };
  });
}
