import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { uuid } from "../../../src/base/uuid.js";
import { native } from "../../../src/dialects/native/native.js";
import type { ChatRequest } from "../../../src/stream/chat-request.js";
import type { InputResponse, InputResponsePart } from "../../../src/stream/message.js";
import { servedNames } from "../api/served-models.js";
import { choiceOf, progressOf } from "../store/answer-progress.js";
import type {
  AnswerTurn,
  ConversationRecord,
  ConversationSettings,
  GivenFile,
  TurnRecord,
  UserTurn,
} from "../store/records.js";
import { shelf } from "../store/shelf.js";
import type { TabNews } from "../store/tabs.js";
import { Branches, type BranchPlace } from "./branches.js";
import { addConversation, changeConversation, conversations } from "./conversation-list.js";
import { messagesOf } from "./history.js";
import { LiveAnswer } from "./live-answer.js";
import { titleOf } from "./title-of.js";

/** A conversation that is open: its turns, what can be done with them, and the answer that is under way. */
export class OpenConversation {
  readonly #record: Signal<ConversationRecord>;
  readonly #branches: Branches<TurnRecord>;
  readonly #answers = new Map<string, LiveAnswer>();
  readonly #head: Signal<string | undefined>;
  /** Counts turns that were added: the tree itself is no signal. */
  readonly #version = signal(0);
  /** What was answered to requests that wait for others. */
  readonly #responses = new Map<string, InputResponse>();

  /** Whether it is kept: from its first message on. */
  #kept: boolean;
  /** Resolves when the conversation is stored as it is now. */
  #noted: Promise<void> = Promise.resolve();
  /** Resolves when all is read that other tabs have told of. */
  #heard: Promise<void> = Promise.resolve();

  readonly path: ReadonlySignal<readonly TurnRecord[]>;
  /** The answer that is under way at the end of the path. */
  readonly running: ReadonlySignal<LiveAnswer | undefined>;

  constructor(record: ConversationRecord, turns: readonly TurnRecord[], kept: boolean) {
    this.#kept = kept;
    this.#record = signal(record);
    this.#branches = new Branches(turns);
    this.#head = signal(record.head);
    this.path = computed(() => {
      void this.#version.value;
      return this.#branches.path(this.#head.value);
    });
    this.running = computed(() => {
      const last = this.path.value.at(-1);
      if (last?.kind !== "answer") return undefined;
      const answer = this.answer(last);
      return answer.state.value === "running" ? answer : undefined;
    });
  }

  /** One that is kept; a new one if there is none of this id. What was running goes on. */
  static async open(id: string): Promise<OpenConversation> {
    const record = await shelf.find(id);
    if (record === undefined) return OpenConversation.create(id);
    const conversation = new OpenConversation(record, await shelf.turns(id), true);
    const last = conversation.path.value.at(-1);
    if (last?.kind === "answer" && last.state === "running") void conversation.#resume(last);
    return conversation;
  }

  /** A new one; it is kept from its first message on. */
  static create(id: string, settings: ConversationSettings = {}): OpenConversation {
    const now = Date.now();
    return new OpenConversation({ id, title: "", createdAt: now, updatedAt: now, settings }, [], false);
  }

  get id(): string {
    return this.#record.value.id;
  }

  get title(): string {
    return conversations.value?.find(({ id }) => id === this.id)?.title ?? this.#record.value.title;
  }

  get settings(): ConversationSettings {
    return this.#record.value.settings;
  }

  /** What is asked: the one that was chosen, else the first that is served. */
  get model(): string {
    return this.settings.model ?? servedNames.value?.[0]?.name ?? "";
  }

  change(settings: Partial<ConversationSettings>): void {
    this.#change((record) => ({ ...record, settings: withChanges(record.settings, settings) }));
  }

  /** The answer of a turn, as it is shown. */
  answer(turn: AnswerTurn): LiveAnswer {
    let answer = this.#answers.get(turn.id);
    if (answer === undefined) {
      answer = new LiveAnswer(turn, {
        keep: (record, begun) => this.#keep(record, begun),
        keepNow: (record) => shelf.keepAnswerNow(record),
      });
      this.#answers.set(turn.id, answer);
    }
    return answer;
  }

  place(turn: TurnRecord): BranchPlace {
    void this.#version.value;
    return this.#branches.place(turn);
  }

  /** Says something, and asks for the answer. */
  send(text: string, files: GivenFile[] = []): void {
    this.#sendTurn(text, files, this.#head.value);
  }

  /** Says something else in a turn's place: a branch beside it. */
  edit(turn: UserTurn, text: string): void {
    this.#sendTurn(text, turn.files, turn.parent);
  }

  /** Asks again for an answer: a branch beside it. */
  regenerate(turn: AnswerTurn): void {
    this.running.value?.stop();
    this.#ask(turn.parent);
  }

  /** Shows the branch before or after a turn's. */
  switchBranch(turn: TurnRecord, by: number): void {
    const end = this.#branches.beside(turn, by);
    if (end === undefined) return;
    this.#moveTo(end.id);
    if (end.kind === "answer" && end.state === "running" && !this.#answers.has(end.id)) void this.#resume(end);
  }

  stop(): void {
    this.running.value?.stop();
  }

  /** Somebody has answered a request of the last answer. When all are answered, it goes on. */
  respond(turn: AnswerTurn, id: string, response: InputResponse): void {
    const answer = this.answer(turn);
    if (!answer.view.respond(id, response)) return;
    this.#responses.set(id, response);
    const { requests } = answer.view;
    if (requests.value.some(({ response: given }) => given.value === undefined)) return;
    const parts: InputResponsePart[] = requests.value.flatMap(({ id: asked }) => {
      const given = this.#responses.get(asked);
      return given === undefined ? [] : [{ type: "input-response", id: asked, response: given }];
    });
    this.#responses.clear();
    const history = messagesOf(this.#branches.path(turn.id));
    void this.#run(answer, parts, [...history, { role: "tool", content: parts }]);
  }

  /** Another tab has written this conversation. Nothing of that is written again. */
  hear(news: TabNews): void {
    this.#heard = this.#heard.then(() => this.#read(news)).catch(() => {});
  }

  /** Another tab has deleted it. */
  abandon(): void {
    this.running.value?.abandon();
  }

  /** It is not shown any more. Runs go on at the server; they are come back to. */
  leave(): void {
    this.running.value?.leave();
  }

  /** Keeps what has come so far. */
  keepNow(): void {
    this.running.value?.keepNow();
  }

  /** What was running when the page was left. */
  async #resume(turn: AnswerTurn): Promise<void> {
    const messages = messagesOf(this.#branches.path(turn.parent));
    const hidden = this.settings.hidePersonal ? await this.#hide({ messages }) : undefined;
    await this.answer(turn).resume(hidden?.restore);
  }

  async #hide(request: ChatRequest) {
    const { hidePersonal } = await import("../privacy/hide-personal.js");
    return hidePersonal(this.id, request);
  }

  #sendTurn(text: string, files: GivenFile[], parent: string | undefined): void {
    this.running.value?.stop();
    const turn: UserTurn = { id: uuid(), ...this.#under(parent), kind: "user", text, files };
    this.#add(turn);
    if (this.#record.value.title === "") this.#change((record) => ({ ...record, title: titleOf(text, files) }));
    this.#ask(turn.id);
  }

  #ask(parent: string | undefined): void {
    const turn: AnswerTurn = {
      id: uuid(),
      ...this.#under(parent),
      kind: "answer",
      model: this.model,
      legs: [],
      state: "running",
      figures: {},
    };
    const messages = messagesOf(this.#branches.path(parent));
    this.#add(turn);
    void this.#run(this.answer(turn), [], messages);
  }

  async #run(answer: LiveAnswer, responses: InputResponsePart[], messages: ChatRequest["messages"]): Promise<void> {
    const { system, temperature, maxTokens, effort, hidePersonal } = this.settings;
    const request: ChatRequest = {
      messages: system === undefined ? messages : [{ role: "system", content: system }, ...messages],
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(effort !== undefined && { reasoning: { effort } }),
    };
    const hidden = hidePersonal ? await this.#hide(request) : undefined;
    const { body } = native.writeRequest(hidden?.request ?? request, { model: answer.record.model, stream: true });
    await answer.begin(responses, {
      body: { ...body, thread: this.id },
      through: hidden?.restore,
    });
    this.#touch();
  }

  #under(parent: string | undefined) {
    return { conversation: this.id, at: Date.now(), ...(parent !== undefined && { parent }) };
  }

  #add(turn: TurnRecord): void {
    this.#branches.add(turn);
    this.#version.value++;
    this.#moveTo(turn.id);
    void shelf.addTurn(turn);
  }

  #moveTo(head: string): void {
    this.#head.value = head;
    this.#change((record) => ({ ...record, head, updatedAt: Date.now() }));
  }

  #touch(): void {
    this.#change((record) => ({ ...record, updatedAt: Date.now() }));
  }

  #change(change: (record: ConversationRecord) => ConversationRecord): void {
    this.#record.value = change({ ...this.#record.value, title: this.title });
    if (this.#head.value === undefined) return;
    const noted = this.#kept ? changeConversation(this.id, change) : addConversation(this.#record.value);
    this.#kept = true;
    this.#noted = noted.catch(() => {});
  }

  /** @returns whether it is this tab's to go on with. */
  async #keep(record: AnswerTurn, begun: boolean): Promise<boolean> {
    const kept = await shelf.keepAnswer(record, begun);
    await this.#noted;
    if (kept !== undefined && kept !== record) this.#take(kept, true);
    return kept === record;
  }

  async #read(news: TabNews): Promise<void> {
    if (news.kind === "conversation") {
      const noted = this.#noted;
      await noted;
      const record = await shelf.find(this.id);
      // What was changed here meanwhile is not in it yet.
      if (noted !== this.#noted) return this.#read(news);
      if (record !== undefined) this.#record.value = record;
      return;
    }
    const own = this.#branches.find(news.turn);
    const stored = news.kind === "answer" ? news : undefined;
    if (own !== undefined) {
      if (stored === undefined || own.kind !== "answer") return;
      const answer = this.#answers.get(own.id);
      const record = answer?.record ?? own;
      const choice = choiceOf(progressOf(record), stored, answer?.following ?? "no");
      if (choice === "keep") await shelf.keepAnswer(record, true);
      if (choice !== "read") return;
    }
    const turn = await shelf.turn(news.turn);
    if (turn !== undefined) this.#take(turn, stored?.begun ?? false);
  }

  /** Shows a turn of another tab's. Who is at the end of its branch goes along. */
  #take(turn: TurnRecord, begun: boolean): void {
    this.#answers.get(turn.id)?.abandon();
    this.#answers.delete(turn.id);
    this.#branches.add(turn);
    if (turn.parent === this.#head.value) this.#head.value = turn.id;
    this.#version.value++;
    if (turn.kind === "answer" && turn.state === "running" && begun && turn.id === this.#head.value)
      void this.#resume(turn);
  }
}

/** Settings with others in their places; what is empty is none. */
function withChanges(settings: ConversationSettings, changes: Partial<ConversationSettings>): ConversationSettings {
  const merged: Record<string, unknown> = { ...settings, ...changes };
  for (const [name, value] of Object.entries(merged)) if (value === undefined || value === "") delete merged[name];
  return merged as ConversationSettings;
}
