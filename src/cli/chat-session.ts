import { writeFile } from "node:fs/promises";
import { Conversation } from "../chat/conversation.js";
import type { StoredMessage } from "../chat/conversation-store.js";
import { MemoryStore } from "../chat/stores/memory-store.js";
import { model } from "../models/registry.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { invalid, SluiceError } from "../stream/error.js";
import { textOf } from "../stream/message.js";
import { styled } from "./ansi.js";
import { footer } from "./footer.js";
import { hasColour, type Io } from "./io.js";
import { modelTable } from "./model-table.js";
import { reportError } from "./report-error.js";
import { showAnswer } from "./show-answer.js";

/** A command of the chat: what it takes, what it does. */
interface Command {
  takes: string;
  does: string;
  run(argument: string): Promise<"leave" | undefined> | Promise<void> | void;
}

/** A conversation at a terminal or a pipe: what is said, what is shown, and the commands that begin with a slash. */
export class ChatSession {
  readonly #io: Io;
  readonly #store = new MemoryStore();
  #model: ChatModel;
  #system: string | undefined;
  #conversation: Conversation;
  #answer: ChatStream | undefined;

  constructor(model: ChatModel, io: Io, system?: string) {
    this.#io = io;
    this.#model = model;
    this.#system = system;
    this.#conversation = this.#open();
  }

  /** Says something and shows the answer. Returns the error that ended it, after reporting it. */
  say(text: string): Promise<SluiceError | undefined> {
    return this.#show(this.#conversation.stream(text));
  }

  /** Stops the answer that is being shown; `false` when there is none. */
  interrupt(): boolean {
    if (this.#answer === undefined) return false;
    this.#answer.cancel("Ctrl-C");
    return true;
  }

  /**
   * Runs a line that begins with a slash.
   *
   * @throws {SluiceError} `invalid-argument` for an unknown command; whatever the command throws.
   */
  async command(line: string): Promise<"leave" | "stay"> {
    const [, name = "", argument = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
    const command = this.#commands[name];
    if (command === undefined) {
      throw invalid(
        "command",
        `/${name}`,
        Object.keys(this.#commands)
          .map((known) => `/${known}`)
          .join(" "),
      );
    }
    return (await command.run(argument.trim())) ?? "stay";
  }

  readonly #commands: Readonly<Record<string, Command>> = {
    help: { takes: "", does: "lists the commands", run: () => this.#help() },
    model: {
      takes: "NAME",
      does: "goes on with another model; without a name, says which it is",
      run: (name) => this.#switchModel(name),
    },
    models: { takes: "", does: "lists what is configured", run: () => void this.#print(modelTable(this.#io.env)) },
    system: {
      takes: "TEXT",
      does: "gives the model instructions; without a text, takes them back",
      run: (text) => this.#instruct(text),
    },
    retry: { takes: "", does: "asks for another answer to the last message", run: () => this.#retry() },
    history: { takes: "", does: "shows what was said", run: () => this.#history() },
    save: { takes: "FILE", does: "writes the conversation to a Markdown file", run: (file) => this.#save(file) },
    clear: { takes: "", does: "begins a new conversation", run: () => this.#clear() },
    quit: { takes: "", does: "leaves, as Ctrl-D does", run: () => Promise.resolve("leave" as const) },
  };

  async #show(answer: ChatStream): Promise<SluiceError | undefined> {
    const io = this.#io;
    this.#answer = answer;
    try {
      await showAnswer(answer, io);
      await answer.finishReason;
      return undefined;
    } catch (thrown) {
      const error = SluiceError.from(thrown, "protocol");
      if (error.code === "cancelled") io.stderr.write("[stopped]\n");
      else reportError(error, io);
      return error;
    } finally {
      this.#answer = undefined;
      if (answer.timing.ttft !== undefined) {
        const usage = await answer.usage.catch((error: SluiceError) => error.partial?.usage ?? {});
        io.stderr.write(`${styled(footer(answer.timing, usage), "dim", hasColour(io.stderr, io.env))}\n`);
      }
    }
  }

  #open(contextId?: string): Conversation {
    return new Conversation({
      model: this.#model,
      store: this.#store,
      ...(contextId !== undefined && { contextId }),
      ...(this.#system !== undefined && { system: this.#system }),
    });
  }

  #help(): void {
    const lines = Object.entries(this.#commands).map(
      ([name, { takes, does }]) => `  ${`/${name} ${takes}`.padEnd(14)} ${does}`,
    );
    this.#print([...lines, "  A line that ends in \\ goes on in the next."].join("\n"));
  }

  #switchModel(name: string): void {
    if (name !== "") {
      this.#model = model(name, { env: this.#io.env });
      this.#conversation = this.#open(this.#conversation.contextId);
    }
    this.#print(`model: ${this.#model.id}`);
  }

  #instruct(text: string): void {
    this.#system = text === "" ? undefined : text;
    this.#conversation = this.#open(this.#conversation.contextId);
    this.#print(text === "" ? "no instructions" : "instructions are given from here on");
  }

  async #retry(): Promise<void> {
    await this.#show(this.#conversation.regenerate());
  }

  async #history(): Promise<void> {
    const messages = await this.#conversation.messages();
    this.#print(messages.length === 0 ? "nothing was said yet" : messages.map(asMarkdown).join("\n\n"));
  }

  async #save(file: string): Promise<void> {
    if (file === "") throw invalid("FILE", file, "the name of a file");
    const messages = await this.#conversation.messages();
    await writeFile(file, `${messages.map(asMarkdown).join("\n\n")}\n`).catch((cause: Error) => {
      throw new SluiceError("invalid-argument", `${file} cannot be written: ${cause.message}`, {
        field: "FILE",
        cause,
      });
    });
    this.#print(`${messages.length} messages are in ${file}`);
  }

  #clear(): void {
    this.#conversation = this.#open();
    this.#print("a new conversation begins");
  }

  #print(text: string): void {
    this.#io.stderr.write(`${text}\n`);
  }
}

function asMarkdown({ message, status }: StoredMessage): string {
  const stopped = status === "interrupted" ? " (stopped)" : "";
  return `**${message.role}**${stopped}: ${textOf(message)}`;
}
