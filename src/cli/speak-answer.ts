import { AudioFiles } from "../speech/files/audio-files.js";
import { speak } from "../speech/pipeline/speak.js";
import { remember, type TruncatableConversation } from "../speech/talk/remember.js";
import { type SpokenTurn, say } from "../speech/talk/spoken-turn.js";
import { findPlayer, systemPlayer } from "../speech/talk/system-player.js";
import type { Voice } from "../speech/voices/voice.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import type { Stage } from "../stream/stage.js";
import { AnswerView } from "./answer-view.js";
import type { Io } from "./io.js";
import { SpeechProgress } from "./speech-progress.js";

/** Where files go when nothing can play and no folder was named. */
const SPEECH_FOLDER = "output/speech";

/** How answers are spoken at the command line. */
export interface AnswerSpeech {
  voice: Voice;
  /** A folder for files; without it, answers are played where that can be done. */
  output?: string;
}

/** An answer that is being shown and spoken. */
export interface SpokenAnswer {
  /**
   * Resolves when it was shown and heard, or is in files.
   *
   * @throws {SluiceError} `cancelled` when it was stopped; what model or voice failed with.
   */
  readonly over: Promise<void>;
  /** Silence, at once. */
  stop(): void;
}

/**
 * Shows an answer and speaks it meanwhile, with the system's player where there is one, else into files. What was played is
 * what the conversation remembers.
 */
export function speakAnswer(
  answer: ChatStream,
  { voice, output }: AnswerSpeech,
  conversation: TruncatableConversation,
  io: Io,
): SpokenAnswer {
  const text = new TextMeter();
  const metered = answer.through(text);
  const folder = output ?? (findPlayer(io.env.PATH) === undefined ? SPEECH_FOLDER : undefined);
  if (folder === undefined) return playAnswer(metered, voice, text, conversation, io);
  const spoken = speak(metered, { voice });
  return {
    over: writeAnswer(spoken, folder, text, io),
    stop: () => spoken.cancel("Ctrl-C"),
  };
}

function playAnswer(
  answer: ChatStream,
  voice: Voice,
  text: TextMeter,
  conversation: TruncatableConversation,
  io: Io,
): SpokenAnswer {
  const { PATH: path } = io.env;
  const output = systemPlayer(path === undefined ? {} : { path });
  const screen = new SpokenView(text, io, () => turn.playedMs);
  const turn: SpokenTurn = say(answer, {
    voice,
    output,
    onEvent: (event) => screen.push(event),
    onHeard: remember(conversation),
  });
  const over = async () => {
    try {
      const { interrupted, chars } = await turn.over;
      if (!interrupted) return;
      await screen.end();
      io.stderr.write(`[heard: ${text.lastWords(chars)}]\n`);
      throw new SluiceError("cancelled", "it was interrupted");
    } finally {
      await screen.end();
    }
  };
  return { over: over(), stop: () => void turn.stop() };
}

async function writeAnswer(spoken: ChatStream, outputDir: string, text: TextMeter, io: Io): Promise<void> {
  const screen = new SpokenView(text, io);
  const files = new AudioFiles({ outputDir, joinedFile: true });
  try {
    for await (const event of spoken) {
      await screen.push(event);
      await files.push(event);
    }
  } finally {
    const whole = await files.end();
    await screen.end();
    if (whole !== undefined) io.stderr.write(`audio: ${whole.path}\n`);
  }
}

/** Sees the text of an answer pass, before it is spoken. */
class TextMeter implements Stage {
  #text = "";
  over = false;

  get length(): number {
    return this.#text.length;
  }

  push(event: ChatEvent, emit: (event: ChatEvent) => void): void {
    if (event.type === "text-delta") this.#text += event.text;
    if (event.type === "finish") this.over = true;
    emit(event);
  }

  /** The end of its first `chars` characters, for people. */
  lastWords(chars: number): string {
    const heard = this.#text.slice(0, chars).replace(/\s+/g, " ").trim();
    if (heard === "") return "nothing";
    return heard.length > 60 ? `…${heard.slice(-60)}` : heard;
  }
}

/** The answer's text, and below it, once it is complete, how far it has been spoken. */
class SpokenView {
  readonly #text: TextMeter;
  readonly #view: AnswerView;
  readonly #progress: SpeechProgress;
  #shown = 0;
  #textEnded = false;
  #ended = false;

  constructor(text: TextMeter, io: Io, playedMs?: () => number) {
    this.#text = text;
    this.#view = new AnswerView(io);
    this.#view.begin();
    this.#progress = new SpeechProgress(io, { hidden: true, ...(playedMs !== undefined && { playedMs }) });
  }

  async push(event: ChatEvent): Promise<void> {
    if (this.#ended) return;
    if (event.type === "text-delta") this.#shown += event.text.length;
    await this.#view.push(event);
    this.#progress.push(event);
    if (this.#textEnded || !this.#text.over || this.#shown < this.#text.length) return;
    this.#textEnded = true;
    await this.#view.endText();
    await this.#view.listSources();
    this.#progress.show();
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#textEnded) await this.#view.endText();
    this.#progress.end();
  }
}
