import { Conversation } from "../chat/conversation.js";
import type { ConversationOptions, TurnOptions } from "../chat/conversation-options.js";
import type { TurnInput } from "../chat/stored-turn.js";
import { MemoryStore } from "../chat/stores/memory-store.js";
import { type Guard, guard } from "../guards/guard.js";
import { defaultPrices } from "../models/prices/default-prices.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { InputResponsePart } from "../stream/message.js";
import { openRequests } from "../tools/history.js";
import { responseMessage } from "../tools/input-response.js";
import type { Tool } from "../tools/tool.js";
import type { ToolSource } from "../tools/toolbox.js";
import { withTools } from "../tools/with-tools.js";
import { styled } from "./ansi.js";
import { answerRequest, type NextLine } from "./answer-request.js";
import { CHAT_COMMANDS } from "./chat-commands.js";
import { footer } from "./footer.js";
import { hasColour, type Io } from "./io.js";
import { type KeptConversation, newConversationId } from "./kept-conversation.js";
import { notice } from "./notice.js";
import { PendingFiles } from "./pending-files.js";
import { reportError } from "./report-error.js";
import { showAnswer, WireTap } from "./show-answer.js";
import type { AnswerSpeech } from "./speak-answer.js";

/** What a session begins with. */
export interface ChatSessionOptions {
  model: ChatModel;
  system?: string;
  /** The conversation that it goes on with, in a store that outlives it. Default: a new one, in this process's memory. */
  kept?: Pick<KeptConversation, "contextId" | "store">;
  /** What of a message is kept. Default: all of it. */
  keep?: NonNullable<ConversationOptions["keep"]>;
  /** What is sent with every turn, until `/set` changes it. */
  settings?: Omit<ChatRequest, "messages">;
  /** What the models of the session may call. */
  tools?: readonly (Tool | ToolSource)[];
  /** Stand before every model of the session. */
  guards?: readonly Guard[];
  /** Answers are spoken as well as shown. */
  speech?: AnswerSpeech;
  /** The folder for images and sounds that the model makes. Default: `files` in the folder of the command's data. */
  output?: string;
}

/** A conversation at a terminal or a pipe: messages, answers, and the commands that begin with a slash. */
export class ChatSession {
  readonly io: Io;
  /** Where answers to what tools ask come from. Without it nothing is allowed and no question answered. */
  nextLine: NextLine | undefined;
  /** Sent with every turn from the next on. */
  settings: Omit<ChatRequest, "messages">;
  /** What its models may call. */
  readonly tools: readonly (Tool | ToolSource)[];
  /** Whether the conversation outlives the session: it can be resumed by its id. */
  readonly kept: boolean;
  /** Whether no message may be kept as it is, in whatever place. */
  readonly isPrivate: boolean;
  readonly #files = new PendingFiles();
  readonly #options: ConversationOptions;
  readonly #guards: readonly Guard[];
  readonly #speech: AnswerSpeech | undefined;
  readonly #output: string | undefined;
  readonly #tap = new WireTap();
  #conversation: Conversation;
  /** Stops the answer that is being shown. */
  #stop: (() => void) | undefined;
  /** Begins the last turn again, where it failed and nothing of it was kept. */
  #failed: (() => ChatStream) | undefined;

  constructor(
    { guards = [], tools = [], settings = {}, speech, output, kept, model, ...options }: ChatSessionOptions,
    io: Io,
  ) {
    this.io = io;
    this.kept = kept !== undefined;
    this.isPrivate = !this.kept || options.keep !== undefined;
    this.settings = settings;
    this.tools = tools;
    this.#speech = speech;
    this.#output = output;
    this.#guards = guards;
    this.#options = {
      store: kept?.store ?? new MemoryStore(),
      ...(kept && { contextId: kept.contextId }),
      prices: defaultPrices(io.env),
      ...options,
      model: this.prepared(model),
    };
    this.#conversation = new Conversation(this.#options);
  }

  get conversation(): Conversation {
    return this.#conversation;
  }

  /** A model with the tools of the session, behind its guards. */
  prepared(model: ChatModel): ChatModel {
    const able = this.tools.length === 0 ? model : withTools(model, this.tools);
    return this.#guards.length === 0 ? able : guard(able, ...this.#guards);
  }

  /** Says something and shows the answer. Returns the error that ended it, after reporting it. */
  say(input: TurnInput): Promise<SluiceError | undefined> {
    const message = typeof input === "string" ? this.#files.with(input) : input;
    return this.#turn(() => this.#conversation.stream(message, this.#how()));
  }

  /** Says something else in place of a message of the user. Returns as `say` does. */
  edit(messageId: string, text: string): Promise<SluiceError | undefined> {
    return this.#turn(() => this.#conversation.edit(messageId, text, this.#how()));
  }

  /** Asks again: what failed before anything of it was kept, else for another last answer. Returns as `say` does. */
  retry(): Promise<SluiceError | undefined> {
    return this.#turn(this.#failed ?? (() => this.#conversation.regenerate(undefined, this.#how())));
  }

  /** Whether the last turn failed before anything of it was kept: `retry` asks it again. */
  get hasFailed(): boolean {
    return this.#failed !== undefined;
  }

  /** Forgets what failed: it is not asked again. */
  giveUp(): void {
    this.#failed = undefined;
  }

  /** Shows the answer of a turn; what tools ask meanwhile is asked here. */
  async #turn(begin: () => ChatStream): Promise<SluiceError | undefined> {
    const before = await this.#last();
    let error = await this.show(begin());
    this.#failed = error !== undefined && (await this.#last()) === before ? begin : undefined;
    while (error === undefined) {
      const responses: InputResponsePart[] = [];
      const messages = (await this.#conversation.messages()).map(({ message }) => message);
      for (const request of openRequests(messages)) {
        const response = await answerRequest(request, this.nextLine, this.io);
        // Whoever leaves has answered nothing: it goes on waiting.
        if (response === undefined) return undefined;
        responses.push(response);
      }
      if (responses.length === 0) break;
      error = await this.show(this.#conversation.stream(responseMessage(...responses), this.#how()));
    }
    return error;
  }

  /** The id of the last message; `undefined` if there is none, or it cannot be read. */
  async #last(): Promise<string | undefined> {
    const messages = await this.#conversation.messages().catch(() => []);
    return messages.at(-1)?.id;
  }

  #how(): TurnOptions {
    const { onWire } = this.#tap;
    return Object.keys(this.settings).length === 0 ? { onWire } : { onWire, request: this.settings };
  }

  /**
   * Lets a file go with the next message.
   *
   * @throws {SluiceError} `invalid-argument`, `unsupported` for a file that the model does not take.
   */
  async attach(path: string): Promise<void> {
    this.print(await this.#files.add(path, this.#conversation.model));
  }

  /** Stops the answer that is being shown; `false` when there is none. */
  interrupt(): boolean {
    if (this.#stop === undefined) return false;
    this.#stop();
    return true;
  }

  /**
   * Runs a line that begins with a slash.
   *
   * @throws {SluiceError} `invalid-argument` for an unknown command; whatever the command throws.
   */
  async command(line: string): Promise<"leave" | "stay"> {
    const [, name = "", argument = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
    const command = CHAT_COMMANDS[name];
    if (command === undefined) {
      const known = Object.keys(CHAT_COMMANDS).map((one) => `/${one}`);
      throw invalid("command", `/${name}`, known.join(" "));
    }
    return (await command.run(this, argument.trim())) ?? "stay";
  }

  /** Shows an answer. Returns the error that ended it, after reporting it. */
  async show(answer: ChatStream): Promise<SluiceError | undefined> {
    const { io } = this;
    try {
      await this.#present(answer);
      await answer.finishReason;
      return undefined;
    } catch (thrown) {
      const error = SluiceError.from(thrown, "protocol");
      if (error.code === "cancelled") this.print("[stopped]");
      else reportError(error, io);
      return error;
    } finally {
      this.#stop = undefined;
      if (answer.timing.ttftMs !== undefined) {
        const usage = await answer.usage.catch((error: SluiceError) => error.partial?.usage ?? {});
        const cost = (await this.#conversation.messages()).at(-1)?.cost;
        this.print(styled(footer(answer.timing, usage, cost), "dim", hasColour(io.stderr, io.env)));
      }
    }
  }

  /** Shows an answer, and speaks it where the session has a voice. */
  async #present(answer: ChatStream): Promise<void> {
    this.#stop = () => answer.cancel("Ctrl-C");
    if (this.#speech === undefined) {
      const output = this.#output;
      return showAnswer(answer, this.io, { tap: this.#tap, ...(output !== undefined && { output }) });
    }
    const { speakAnswer } = await import("./speak-answer.js");
    const spoken = speakAnswer(answer, this.#speech, this.#conversation, this.io);
    this.#stop = () => spoken.stop();
    return spoken.over;
  }

  /** Begins a new conversation in the same store, with the model and the instructions of now. */
  async begin(): Promise<void> {
    const { model, system } = this.#conversation;
    const { contextId: _, system: __, ...options } = this.#options;
    await this.#conversation.close();
    this.#failed = undefined;
    this.#conversation = new Conversation({
      ...options,
      contextId: newConversationId(),
      model,
      ...(system !== undefined && { system }),
    });
  }

  /** Says something about the session, in lines of the terminal's width. */
  notify(text: string): void {
    this.print(notice(text, this.io.stderr));
  }

  /** Says something that is no part of an answer. */
  print(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }

  /** Frees the conversation and the voice. */
  async close(): Promise<void> {
    await this.#conversation.close();
    await this.#speech?.voice.close?.();
  }
}
