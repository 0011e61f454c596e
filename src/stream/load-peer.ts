import { installedVersion } from "../base/installed-version.js";
import { isInRange, newestOf } from "../base/version-range.js";
import { messageOf, SluiceError } from "./error.js";
import { PEER_RANGES, type Peers } from "./peers.js";

/** Settings of `loadPeer`. */
export interface LoadPeerOptions {
  /** Packages that the same feature needs beside it: the command that the error names installs them all. */
  together?: readonly string[];
  /** Loads it, where it is no module to import by its name. */
  load?: () => Promise<unknown>;
  /** The version that is installed, for tests. */
  version?: (name: string) => string | undefined;
}

/**
 * Loads a package that is only needed here. Bundlers do not see the import: what is not installed does not stop them, and
 * what is installed is found beside the bundle when it runs.
 *
 * @param specifier what to import of it.
 * @param what needs it, for the message.
 * @throws {SluiceError} `unsupported` when it is not installed, or in a version that does not fit, with what to do.
 */
export async function loadPeer<Name extends keyof Peers>(
  specifier: Name,
  what: string,
  options: LoadPeerOptions & { load?: () => Promise<Peers[Name]> } = {},
): Promise<Peers[Name]> {
  const { load = () => importPeer(specifier), version = installedVersion } = options;
  const name = packageOf(specifier);
  try {
    const loaded = await load();
    const wrong = complaint(name, what, version);
    if (wrong === undefined) return loaded;
    throw new SluiceError("unsupported", wrong);
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    if (isMissing(cause, name)) {
      const names = [name, ...(options.together ?? [])].map(installable).join(" ");
      const message = `${what} needs the package ${name}, which is not installed: npm install ${names}`;
      throw new SluiceError("unsupported", message, { cause });
    }
    const wrong = complaint(name, what, version);
    if (wrong === undefined) throw cause;
    throw new SluiceError("unsupported", wrong, { cause });
  }
}

function importPeer<Name extends keyof Peers>(specifier: Name): Promise<Peers[Name]> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ specifier);
}

/** What is wrong with the version that is installed. */
function complaint(name: string, what: string, version: NonNullable<LoadPeerOptions["version"]>): string | undefined {
  const range = PEER_RANGES[name];
  const installed = version(name);
  if (range === undefined || installed === undefined || isInRange(installed, range)) return undefined;
  return `${what} needs ${name} ${range}, and ${installed} is installed: npm install ${installable(name)}`;
}

function installable(name: string): string {
  const range = PEER_RANGES[name];
  return range === undefined ? name : `${name}@${newestOf(range)}`;
}

/** `@scope/name` of `@scope/name/file.js`. */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Node's codes for a module that was not found; the second is what `require.resolve` says. */
const CODES: readonly unknown[] = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"];

/** Whether it is this package that is missing, and not one that it needs itself. */
function isMissing(cause: unknown, name: string): boolean {
  if (!(cause instanceof Error)) return false;
  const hasCode = "code" in cause && CODES.includes(cause.code);
  // Browsers, workers and development servers have no codes.
  const says =
    hasCode ||
    /resolve module specifier|could not resolve|no such module|dynamically imported module/i.test(cause.message);
  return says && messageOf(cause).includes(name);
}
