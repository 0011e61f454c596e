/** Thrown by a step that cannot go on before somebody answers, or before a time: the run goes on without it. */
export class Suspended extends Error {
  constructor() {
    super("the step waits");
    this.name = "Suspended";
  }
}
