/** How far audio has been played. A player implements it. */
export interface Playback {
  /** How much of the audio that it was given has been heard, in ms. */
  readonly playedMs: number;
}
