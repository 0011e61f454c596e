/** Something that happened while resources were loaded. Messages that daprd has too are in its words. */
export interface Notice {
  /** As daprd logs it. */
  level: "debug" | "info" | "warning" | "error";
  /** For people. */
  message: string;
}

/** Called with each notice. */
export type Report = (notice: Notice) => void;
