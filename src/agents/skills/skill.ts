/**
 * Instructions for one kind of task, in a folder with a `SKILL.md` (https://agentskills.io/specification): what an agent is
 * sees of it is its name and description; the rest is read when the model asks for it.
 */
export interface Skill {
  /** At most 64 of `a–z 0–9 -`: the name of its folder. */
  readonly name: string;
  /** What it does and when to use it, at most 1,024 characters. */
  readonly description: string;
  /** The licence, where it has one. */
  readonly license?: string;
  /** What it needs: programs, packages, network. At most 500 characters. */
  readonly compatibility?: string;
  /** What its author wrote beside. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Tools that its author wants used without asking, as they are written. Nothing is allowed by it. */
  readonly allowedTools?: string;
  /** Its folder, with all links resolved. */
  readonly folder: string;
}
