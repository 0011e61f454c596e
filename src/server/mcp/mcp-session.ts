import { uuid } from "../../base/uuid.js";

/** The header that names a session (MCP 2025-11-25, Streamable HTTP, Session Management). */
export const SESSION_HEADER = "mcp-session-id";

/** What is known of a client beside its requests. It stands in the session's id: any replica answers any of them. */
export interface McpSession {
  id: string;
  /** Whether the client puts forms before its user (`elicitation/create`). */
  elicits: boolean;
}

/** Names a session. */
export function newSession(elicits: boolean): McpSession {
  return { id: `${uuid()}${elicits ? FORMS : ""}`, elicits };
}

const FORMS = ".forms";
const ID = /^[\da-f-]{36}(?:\.forms)?$/;

/** The session of a name; `undefined` if it is not one of ours. */
export function sessionNamed(id: string): McpSession | undefined {
  return ID.test(id) ? { id, elicits: id.endsWith(FORMS) } : undefined;
}
