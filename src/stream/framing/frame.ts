/** One message of a stream on the wire: an SSE event, or a line of NDJSON. */
export interface Frame {
  /** The payload: the joined `data` lines of an SSE event, or the line. */
  data: string;
  /** The SSE event type; absent where none was given. */
  event?: string;
  /** The SSE last event id, where the event set one. */
  id?: string;
}

/** Cuts bytes into frames. Where the bytes are cut carries no meaning. */
export interface FrameReader {
  /**
   * Takes the next bytes and emits the frames that they complete.
   *
   * @throws {SluiceError} `frame-too-large`.
   */
  push(bytes: Uint8Array, emit: (frame: Frame) => void): void;
  /** The bytes are over: emits what counts as a frame without its end. An SSE event that was cut in its data is dropped. */
  end(emit: (frame: Frame) => void): void;
  /** Text that was in no frame, its beginning: a sentence or a page in place of an answer. Absent where all text is in frames. */
  readonly stray?: string;
}
