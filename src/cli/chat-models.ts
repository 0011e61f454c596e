import { model } from "../models/named-model.js";
import type { ChatModel } from "../stream/chat-model.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { ChatSession } from "./chat-session.js";
import { shown } from "./io.js";
import { type Offer, offers } from "./offered-models.js";

/** Models of one service that are shown at most. */
const SHOWN = 20;

/** What each session was shown last: numbers mean these. */
const LISTED = new WeakMap<ChatSession, readonly string[]>();

/** `/model`: lists what can be asked with numbers, or goes on with a model by number, name, or a part of its name. */
export async function switchModel(session: ChatSession, wanted: string): Promise<void> {
  if (wanted === "") {
    session.print(`model: ${session.conversation.model.id}`);
    list(session, await offers(session.io.env));
    return;
  }
  const chosen = await chosenModel(session, wanted);
  if (chosen === undefined) return;
  session.conversation.model = session.prepared(chosen);
  session.print(`model: ${chosen.id}`);
}

/** The model that is meant; `undefined` where several could be, which are listed. */
async function chosenModel(session: ChatSession, wanted: string): Promise<ChatModel | undefined> {
  const { env } = session.io;
  if (/^\d+$/.test(wanted)) {
    const listed = LISTED.get(session) ?? [];
    const name = listed[Number(wanted) - 1];
    if (name !== undefined) return model(name, { env });
    throw invalid("NUMBER", wanted, listed.length === 0 ? "a number of the list of /model" : `1 to ${listed.length}`);
  }
  try {
    return model(wanted, { env });
  } catch (thrown) {
    if (!(thrown instanceof SluiceError) || thrown.code !== "unknown-model" || wanted.includes("/")) throw thrown;
    const part = wanted.toLowerCase();
    const found = (await offers(env))
      .map(({ provider, models }) => ({ provider, models: models.filter((name) => name.toLowerCase().includes(part)) }))
      .filter(({ models }) => models.length > 0);
    const [only, ...more] = found.flatMap(({ models }) => models);
    if (only === undefined) throw thrown;
    if (more.length === 0) return model(only, { env });
    list(session, found);
    return undefined;
  }
}

function list(session: ChatSession, found: readonly Offer[]): void {
  const current = session.conversation.model.id;
  const numbered: string[] = [];
  const lines: string[] = [];
  for (const { provider, models } of found) {
    for (const name of models.slice(0, SHOWN)) {
      const number = String(numbered.push(name)).padStart(3);
      lines.push(`${name === current ? "*" : " "} ${number}  ${name}`);
    }
    const rest = models.length - SHOWN;
    if (rest > 0) lines.push(`       and ${rest} more: sluice models ${provider}, or /model with a part of the name`);
  }
  LISTED.set(session, numbered);
  session.print(shown([...lines, "/model NUMBER goes on with one"].join("\n"), session.io.stderr));
}
