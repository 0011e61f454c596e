/** A part of the answer that is spoken in one go: sentences, or a part of one. */
export interface SpokenPiece {
  /** What is spoken. */
  spoken: string;
  /** Where it begins in the answer's text, in UTF-16 code units; what is not spoken before it belongs to it. */
  start: number;
  /** Where it ends there, exclusive. */
  end: number;
  /** How many sentences it has. */
  sentences: number;
  /** Nothing is to be spoken in one go with it: a tool call, or the end, comes after it. */
  closed?: true;
}

/** Two pieces that follow one another as one. */
export function joinPieces(first: SpokenPiece, second: SpokenPiece): SpokenPiece {
  return {
    spoken: `${first.spoken} ${second.spoken}`,
    start: first.start,
    end: second.end,
    sentences: first.sentences + second.sentences,
    ...(second.closed === true && { closed: true }),
  };
}
