import { isIPv4 } from "node:net";
import { invalid } from "../stream/error.js";

/** An IPv4 address written as IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED = /^::ffff:(?=\d)/i;

/**
 * Whether a name or address can only mean this machine: `localhost` and names below it (RFC 6761, 6.3), 127.0.0.0/8 and ::1.
 * Other names are not looked up: what they mean is somebody else's to say.
 *
 * @param host as in a URL or a socket's address; an IPv6 address with or without brackets.
 */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1").replace(MAPPED, "");
  if (/^(.+\.)?localhost\.?$/i.test(name)) return true;
  return name === "::1" || (isIPv4(name) && name.startsWith("127."));
}

/**
 * Refuses to listen where other machines reach a server that asks nobody for a token.
 *
 * @param host the address to listen on.
 * @param token what callers must know; `undefined` or "" for nothing.
 * @throws {SluiceError} `invalid-argument` with the field `host`.
 */
export function requireTokenBeyondLoopback(host: string, token: string | undefined): void {
  if (isLoopback(host) || (token !== undefined && token !== "")) return;
  throw invalid(
    "host",
    host,
    "an address of this machine alone (127.0.0.1, ::1, localhost), or any together with a token",
  );
}
