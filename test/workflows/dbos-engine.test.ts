import pg from "pg";
import { afterAll, describe } from "vitest";
import { DbosEngine } from "../../src/workflows/engines/dbos/dbos-engine.js";
import { startPostgres } from "../support/local-server.js";
import { engineContract } from "./engine-contract.js";

const postgres = await startPostgres();
afterAll(() => postgres?.stop());
let databases = 0;

/** A database of its own. */
async function freshDatabase(): Promise<string> {
  const url = postgres?.url ?? "";
  const name = `runs${databases++}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return url.replace(/\/[^/]*$/, `/${name}`);
}

describe.skipIf(postgres === undefined)("PostgreSQL", () => {
  engineContract("dbos", async () => DbosEngine.open(await freshDatabase()));
});
