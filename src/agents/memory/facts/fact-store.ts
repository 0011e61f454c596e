/** One thing that is remembered beyond a conversation. */
export interface Fact {
  /** Names it in its scope, for deleting it. */
  readonly id: string;
  /** What is remembered, as a sentence. */
  readonly text: string;
  /** ISO 8601: when it was kept. */
  readonly at: string;
  /** Which agent kept it, where that is known. */
  readonly by?: string;
}

/** A fact that fits a question. */
export interface FoundFact extends Fact {
  /** From 0 to 1 within one search: 1 would be first by words and by meaning. Says nothing across searches. */
  readonly score: number;
}

/** A fact that is to be kept, with its vector where there is an embedder. */
export interface NewFact extends Fact {
  /** The text as a vector. Absent where there is no embedder. */
  readonly vector?: readonly number[];
}

/** What is searched for: words, and the question's vector where there is an embedder. */
export interface FactQuery {
  /** The words. */
  readonly text: string;
  /** The text as a vector. Absent: only words are compared. */
  readonly vector?: readonly number[];
  /** Most facts that are returned. */
  readonly limit: number;
}

/**
 * Keeps facts, each in a scope: a user, a session, a team. No call sees anything of another scope. A store that cannot be
 * reached rejects with `store-failed`.
 */
export interface FactStore {
  /** Keeps facts, all of them or none. */
  add(scope: string, facts: readonly NewFact[]): Promise<void>;
  /** The facts that fit best, best first: by words, and by vectors where the query has one. */
  search(scope: string, query: FactQuery): Promise<FoundFact[]>;
  /** All facts of a scope, oldest first. */
  list(scope: string): Promise<Fact[]>;
  /** Deletes a fact; false if there is none of that id. */
  delete(scope: string, id: string): Promise<boolean>;
  /** Deletes all facts of a scope. */
  clear(scope: string): Promise<void>;
  /** Frees the file or connection. */
  close(): Promise<void>;
}
