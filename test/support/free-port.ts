import { createServer } from "node:net";

/**
 * Where ports are looked for: below those that Linux gives to whoever asks for any (32768 and up), so that nobody gets one by
 * chance between the time it is found and the time it is listened at.
 */
const [LOWEST, HIGHEST] = [12_000, 32_000];

/** A port of the loopback at which nobody listens, for a server that cannot be asked which port it got. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
