/** Something that loading has to say. Messages that daprd has too are in its words. */
export interface Notice {
  level: "debug" | "info" | "warning" | "error";
  /** For people. */
  message: string;
}

/** Is told what loading has to say. */
export type Report = (notice: Notice) => void;
