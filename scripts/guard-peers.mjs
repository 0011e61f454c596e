// A folder that is nothing without some optional packages imports them as any module does. In the built package each of those
// imports goes through `loadPeer`, so that whoever imports the folder without them reads what to install.
import { join } from "node:path";
import { root } from "./setup.mjs";

const PEERS = ["@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-node"];
const PREFIX = "\0peer:";

/** A plugin for Rolldown. */
export function guardPeers() {
  return {
    name: "guard-peers",
    resolveId(source, importer = "") {
      if (!isGuarded(source)) return null;
      return isGuard(importer) ? { id: source, external: true } : `${PREFIX}${source}`;
    },
    async load(id) {
      if (!id.startsWith(PREFIX)) return null;
      const specifier = id.slice(PREFIX.length);
      const names = Object.keys(await import(specifier)).filter((name) => name !== "default");
      const name = PEERS.find((one) => specifier.startsWith(one) && !specifier.startsWith(`${one}-`));
      const together = PEERS.filter((one) => one !== name);
      return `import { loadPeer } from ${JSON.stringify(join(root, "src", "stream", "load-peer.ts"))};
const options = { together: ${JSON.stringify(together)}, load: () => import(/* webpackIgnore: true */ /* @vite-ignore */ ${JSON.stringify(specifier)}) };
export const { ${names.join(", ")} } = await loadPeer(${JSON.stringify(name)}, "sluice/dapr", options);
`;
    },
  };
}

/** Whether an import goes through a guard. */
export function isGuarded(specifier) {
  return PEERS.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

/** Whether a module is a guard. */
export function isGuard(id) {
  return id.startsWith(PREFIX);
}
