import { readAgent } from "../../agents/definition/read-agent.js";
import { ChatSession } from "../chat-session.js";
import { chooseModel } from "../choose-model.js";
import { conversationStore } from "../data-folder.js";
import { exitCodeOf } from "../exit-code.js";
import type { Io } from "../io.js";
import { reportError } from "../report-error.js";
import { runSession, speechOf } from "./chat.js";

/** Options of `sluice agent`. */
export interface AgentCommandOptions {
  /** The model where the file names none. */
  model?: string;
  /** The id of a conversation that is kept: it is resumed, or begins. */
  conversation?: string;
  /** Who speaks the answers; they are only shown without it. */
  voice?: string;
  /** A folder for audio files, in place of playing. */
  output?: string;
}

/** Talks to the agent of a file or folder. What its tools ask is answered at the terminal. */
export async function agentCommand(path: string, options: AgentCommandOptions, io: Io): Promise<number> {
  try {
    const { model } = await chooseModel(options.model, io.env);
    const agent = await readAgent(path, { model });
    io.stderr.write(`${agent.name}${agent.description === undefined ? "" : `: ${agent.description}`}\n`);
    const { conversation: contextId } = options;
    const kept = contextId === undefined ? {} : { contextId, store: conversationStore(io.env) };
    const session = new ChatSession({ model: agent.asModel(), ...kept, ...speechOf(options, io) }, io);
    try {
      return await runSession(session, io);
    } finally {
      await session.close();
    }
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}
