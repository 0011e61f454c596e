import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeTransport } from "../../src/models/http/default-transport.js";
import { ManualClock } from "../support/manual-clock.js";
import { FRAMES, modelAt, REQUEST, TEXT } from "./chat-answer.js";

const NO_RETRY = { retries: 0 };
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0).reverse()) stop();
  vi.unstubAllEnvs();
});

/** Listens on loopback until the test is over. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A proxy that is asked for a tunnel and never answers. */
async function silentProxy(): Promise<{ port: number; asked: Promise<Socket> }> {
  let onAsked = (_socket: Socket) => {};
  const asked = new Promise<Socket>((resolve) => {
    onAsked = resolve;
  });
  const port = await listen(createServer((socket) => socket.once("data", () => onAsked(socket))));
  return { port, asked };
}

function through(proxy: string, variable = "HTTP_PROXY") {
  return { transport: nodeTransport({ env: { [variable]: proxy } }), retry: NO_RETRY };
}

describe("a proxy that does not open the tunnel", () => {
  it("is given up when the limit for connecting is over, and its connection closed", async () => {
    const { port, asked } = await silentProxy();
    const clock = new ManualClock();
    const model = modelAt("http://models.example/v1", { ...through(`http://127.0.0.1:${port}`), clock });
    const failed = model.stream(REQUEST).fullText.catch((error: unknown) => error);
    const socket = await asked;
    const closed = once(socket, "close");
    clock.advance(10_000);
    expect(await failed).toMatchObject({ code: "connect-timeout" });
    await closed;
  });

  it("is left at once by a reader who leaves", async () => {
    const { port, asked } = await silentProxy();
    const stream = modelAt("http://models.example/v1", through(`http://127.0.0.1:${port}`)).stream(REQUEST);
    const failed = stream.fullText.catch((error: unknown) => error);
    const closed = once(await asked, "close");
    stream.cancel();
    await closed;
    expect(await failed).toMatchObject({ code: "cancelled" });
  });
});

describe("the address of a proxy", () => {
  it("may lack its scheme, as curl has it", async () => {
    const { port, asked } = await silentProxy();
    const stream = modelAt("http://models.example/v1", through(`127.0.0.1:${port}`)).stream(REQUEST);
    stream.fullText.catch(() => {});
    await asked;
    stream.cancel();
  });

  it.each(["ftp://proxy.example", "http://", "http://a b"])("is refused by the variable's name: %s", async (url) => {
    const error = await modelAt("http://models.example/v1", through(url))
      .stream(REQUEST)
      .fullText.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid-argument", field: "HTTP_PROXY" });
  });

  it("keeps its password to itself", async () => {
    const error = await modelAt("http://models.example/v1", through("ftp://ada:secret@proxy.example"))
      .stream(REQUEST)
      .fullText.catch(String);
    expect(error).not.toContain("secret");
  });
});

const withOpenSsl = canMakeCertificates();
if (!withOpenSsl) process.stdout.write("skipped: calls over TLS: openssl is not installed (Debian package openssl)\n");

describe.skipIf(!withOpenSsl)("a service behind TLS", () => {
  it("is reached through a tunnel, by its own name", async () => {
    const { proxy, asked, names } = await tlsBehindProxy();
    // The certificate is the test's own, and there is no other way to trust one in a running process.
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const model = modelAt("https://models.example/v1", through(proxy, "HTTPS_PROXY"));
    expect(await model.stream(REQUEST).fullText).toBe(TEXT);
    expect(asked).toEqual(["CONNECT models.example:443"]);
    expect(names).toEqual(["models.example"]);
  });

  it("whose certificate nobody vouches for is a failed connection, which is not tried again", async () => {
    const { proxy } = await tlsBehindProxy();
    const error = await modelAt("https://models.example/v1", {
      ...through(proxy, "HTTPS_PROXY"),
      retry: { retries: 2 },
    })
      .stream(REQUEST)
      .fullText.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "connect-failed", retryable: false });
    expect(String(error)).toContain("self-signed certificate");
  });
});

/** A chat service behind TLS, and a proxy whose tunnels all lead there. */
async function tlsBehindProxy(): Promise<{ proxy: string; asked: string[]; names: unknown[] }> {
  const names: unknown[] = [];
  const service = createTlsServer(certificate("models.example"), (socket) => {
    names.push(socket.servername);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n${FRAMES.join("")}`);
    });
  });
  const target = await listen(service);
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    socket.once("data", (bytes) => {
      asked.push(bytes.toString("latin1").split(" HTTP")[0] ?? "");
      const upstream = dial(target, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      upstream.on("error", () => socket.destroy());
      socket.on("close", () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
  });
  return { proxy: `http://127.0.0.1:${await listen(proxy)}`, asked, names };
}

function canMakeCertificates(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    if (process.env.CI) throw new Error("openssl is not installed, and on CI nothing is skipped");
    return false;
  }
}

/** A key and a certificate that it signed itself. */
function certificate(host: string): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "sluice-tls-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`, "-days", "2"];
    execFileSync("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
