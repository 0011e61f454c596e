/** Listens at a free port of this machine; gives the address. @param {import("node:net").Server} server @returns {Promise<string>} */
export function listening(server) {
  if ("keepAliveTimeout" in server) server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1", backlog: 2_048 }, () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}
