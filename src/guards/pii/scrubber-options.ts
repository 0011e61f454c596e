import type { Replace } from "./replace-entities.js";

/** Settings of a `Scrubber`. */
export interface ScrubberOptions {
  /**
   * What to write for an entity, asked once its whole value is known. Default: its placeholder, for example `<IBAN>`, which
   * is written as soon as the entity is recognised.
   */
  replace?: Replace | undefined;
  /** The name of the field whose value the text is: it may say what a number stands for. */
  key?: string | undefined;
}
