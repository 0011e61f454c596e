import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.js";

/** A server that the tests started on loopback. */
export interface LocalServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts a Redis of its own, which keeps nothing when it ends, or says why it cannot. On CI a missing server is a failure, not a
 * reason to skip.
 *
 * @param at its port. Default: a free one.
 */
export async function startRedis(at?: number): Promise<LocalServer | undefined> {
  const binary = find(["/usr/bin/redis-server", "/usr/local/bin/redis-server"]);
  if (binary === undefined) return missing("Redis", "redis-server");
  const port = at ?? (await freePort());
  const server = spawn(binary, ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"], {
    stdio: "ignore",
  });
  await reachable(server, () => accepts(port));
  return { url: `redis://127.0.0.1:${port}`, stop: () => stop(server) };
}

/** Starts a PostgreSQL of its own, or says why it cannot. */
export async function startPostgres(): Promise<LocalServer | undefined> {
  const bin = postgresBin();
  if (bin === undefined) return missing("PostgreSQL", "postgresql");
  const folder = mkdtempSync(join(tmpdir(), "sluice-postgres-"));
  // PostgreSQL refuses to run as root.
  const as: { uid?: number; gid?: number } = process.getuid?.() === 0 ? userIds("postgres") : {};
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid ?? as.uid);
  const data = join(folder, "data");
  const quiet = { stdio: "ignore" as const, cwd: folder, ...as };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "sluice", "-A", "trust", "--no-sync"], quiet);
  const port = await freePort();
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`, "-c", "fsync=off"];
  const server = spawn(join(bin, "postgres"), ["-D", data, "-p", String(port), ...settings], quiet);
  // It accepts connections before it answers them.
  await reachable(server, () => succeeds(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port), "-q"]));
  return {
    url: `postgres://sluice@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await stop(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function missing(what: string, debianPackage: string): undefined {
  const reason = `${what} is not installed (Debian package ${debianPackage})`;
  if (process.env.CI) throw new Error(`${reason}, and on CI nothing is skipped`);
  process.stdout.write(`skipped: tests that need ${what}: ${reason}\n`);
  return undefined;
}

function find(paths: string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

function postgresBin(): string | undefined {
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`);
  const folder = find([...newest, "/usr/local/bin"].map((path) => join(path, "initdb")));
  return folder?.slice(0, -"/initdb".length);
}

function userIds(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Waits until a server is ready; fails when it exits first. */
async function reachable(server: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  let exited = false;
  server.once("exit", () => {
    exited = true;
  });
  while (!(await isReady())) {
    if (exited) throw new Error(`${server.spawnfile} ended before it was ready`);
    await new Promise(setImmediate);
  }
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => execFile(command, args, (error) => resolve(error === null)));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const done = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null) resolve();
    server.once("exit", () => resolve());
    server.kill("SIGTERM");
  });
}
