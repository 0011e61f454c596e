import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { ClientCapabilities } from "@modelcontextprotocol/sdk/types.js";
import { invalid } from "../../stream/error.js";
import { answerElicitation, type McpElicitationHandler } from "./mcp-elicitation.js";
import { answerSampling, type McpSampling } from "./mcp-sampling.js";

/** A folder or file that a server may work with. */
export interface McpRoot {
  /** A path, or a `file:` URL. */
  path: string | URL;
  /** What to call it. */
  name?: string;
}

/** What a server may ask of its client. It is told at the start what is offered; what is not given here is not. */
export interface McpClientFeatures {
  /** Where the server may work: paths, `file:` URLs, or either with a name. It is a hint, which no server is held to. */
  roots?: readonly (string | URL | McpRoot)[];
  /** Asks the user what the server wants to know while it runs a tool. */
  onElicitation?: McpElicitationHandler;
  /** A model for the server's own questions, and who allows them. */
  sampling?: McpSampling;
}

/** What the server is told that it may ask for. */
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
  const { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } = await import(
    "@modelcontextprotocol/sdk/types.js"
  );
  if (roots !== undefined) {
    const listed = readRoots(roots);
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: listed }));
  }
  if (onElicitation !== undefined) {
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

/**
 * Roots as the protocol has them.
 *
 * @throws {SluiceError} `invalid-argument` for a URL that is none of a file.
 */
export function readRoots(roots: readonly (string | URL | McpRoot)[]): { uri: string; name?: string }[] {
  return roots.map((root, index) => {
    const { path, name } = typeof root === "string" || root instanceof URL ? { path: root, name: undefined } : root;
    return { uri: uriOf(path, `roots[${index}]`), ...(name !== undefined && { name }) };
  });
}

function uriOf(path: string | URL, field: string): string {
  if (path instanceof URL || /^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    if (!/^file:/i.test(String(path))) throw invalid(field, String(path), "a path or a file: URL");
    return String(path);
  }
  if (path === "") throw invalid(field, path, "a path or a file: URL");
  return pathToFileURL(resolve(path)).href;
}
