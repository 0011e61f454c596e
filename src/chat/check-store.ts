import { type Check, filledString, having } from "../stream/checks.js";

const store = having("a store, a path, or the address of one", "load", "append", "list", "delete");

/** A store of conversations, or where to find one: the path of a SQLite file, `postgres://…`, `redis://…` and the like. */
export const storeOrPlace: Check = (value, path) => {
  if (typeof value === "string") filledString(value, path);
  else store(value, path);
};
