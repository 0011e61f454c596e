import { readAgent } from "../../agents/definition/read-agent.js";
import { ChatSession } from "../chat-session.js";
import { chooseModel } from "../choose-model.js";
import { exitCodeOf } from "../exit-code.js";
import type { Io } from "../io.js";
import { type KeepOptions, keptConversation } from "../kept-conversation.js";
import { reportError } from "../report-error.js";
import { quotedWord } from "../whereabouts.js";
import { announce, runSession, speechOf } from "./chat.js";

/** Options of `sluice agent`. */
export interface AgentCommandOptions extends KeepOptions {
  /** The model where the file names none. */
  model?: string;
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
    const speech = await speechOf(options, io);
    const keeping = await keptConversation(options, io.stdin.isTTY === true, io);
    const { kept } = keeping;
    const { output } = options;
    const files = output !== undefined && { output };
    const session = new ChatSession({ model: agent.asModel(), ...(kept && { kept }), ...speech, ...files }, io);
    try {
      announce(session, keeping);
      return await runSession(session, io, `sluice agent ${quotedWord(path)}`);
    } finally {
      await session.close();
      await kept?.store.close();
    }
  } catch (thrown) {
    return exitCodeOf(reportError(thrown, io));
  }
}
