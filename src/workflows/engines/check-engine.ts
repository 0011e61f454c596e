import { having } from "../../stream/checks.js";

/** Looks whether a value is an engine. @throws {SluiceError} `invalid-argument`. */
export const checkEngine = having("a workflow engine, for example new MemoryEngine()", "begin", "resume", "show");
