import { ANNOUNCED, CHAIN, NOTE } from "./redis-keys.js";

/**
 * What must happen in one step in Redis. Of each run there are three keys, which stand on one node of a cluster: KEYS[1] its
 * log (stream), KEYS[2] what is known of it (hash: token, writer, state, next, bytes, startedAt, endedAt, stop, meta, again, goesOn,
 * chain, announced, and notes), KEYS[3] its writer's sign of life (string that expires).
 */

/** The token of the process that began a run. */
export const BEGUN = "1";
/** That of the one that took it over. */
export const TAKEN = "2";

/*
 * A Redis that is out of memory refuses what may take more of it, unless the script has written before. What ends a run, keeps it or
 * stops it has to work there as well: so it begins with something that takes none.
 */

/** What a writer is told whose run is not there any more. */
const GONE = "the run is not there any more: Redis was flushed, or began anew without its data";

/** Begins a run. ARGV: now (ms), meta (JSON), life (ms), keep (ms), the writer's channel, what it takes to
 * make it once more ("" for nothing), whether it goes on where nobody reads it (1 or 0), channel, the first of the runs that it
 * follows ("" for none), whether its end is announced (1 or 0), and its notes, each with its name before it. Returns 1, or 0
 * where there is one. Who waits for it on the channel hears an empty text. */
export const OPEN = `
if redis.call("EXISTS", KEYS[2]) == 1 then return 0 end
redis.call("HSET", KEYS[2], "token", "1", "state", "running", "next", "0", "bytes", "0", "startedAt", ARGV[1], "meta", ARGV[2],
  "writer", ARGV[5], "goesOn", ARGV[7])
if ARGV[6] ~= "" then redis.call("HSET", KEYS[2], "again", ARGV[6]) end
if ARGV[9] ~= "" then redis.call("HSET", KEYS[2], "${CHAIN}", ARGV[9]) end
if ARGV[10] == "1" then redis.call("HSET", KEYS[2], "${ANNOUNCED}", "1") end
for i = 11, #ARGV, 2 do redis.call("HSET", KEYS[2], "${NOTE}" .. ARGV[i], ARGV[i + 1]) end
redis.call("SET", KEYS[3], "1", "PX", ARGV[3])
redis.call("PEXPIRE", KEYS[2], ARGV[4])
redis.call("PUBLISH", ARGV[8], "")
return 1
`;

/**
 * Appends an entry. ARGV: token, seq, next, id of the entry, text, new state, now (ms), most bytes, keep (ms), channel.
 * Returns what is asked of the writer ("" for nothing), or an error reply where it is not the writer any more. What comes
 * a second time, after a connection broke, is there already.
 */
export const APPEND = `
local known = redis.call("HMGET", KEYS[2], "token", "state", "next", "stop")
if not known[1] then return redis.error_reply("${GONE}") end
if known[1] ~= ARGV[1] then return redis.error_reply("FENCED") end
if tonumber(known[3]) >= tonumber(ARGV[3]) then return known[4] or "" end
if known[2] ~= "running" then return redis.error_reply("FENCED") end
if ARGV[6] ~= "running" then redis.call("DEL", KEYS[3]) end
redis.call("XADD", KEYS[1], ARGV[4], "e", ARGV[5])
redis.call("HSET", KEYS[2], "next", ARGV[3], "state", ARGV[6])
local bytes = redis.call("HINCRBY", KEYS[2], "bytes", #ARGV[5])
if bytes > tonumber(ARGV[8]) then
  local freed = 0
  local last = nil
  local oldest = redis.call("XRANGE", KEYS[1], "-", "+", "COUNT", 1000)
  for i = 1, #oldest - 1 do
    if bytes - freed <= tonumber(ARGV[8]) / 2 then break end
    freed = freed + #oldest[i][2][2]
    last = oldest[i + 1][1]
  end
  if last then
    redis.call("XTRIM", KEYS[1], "MINID", last)
    redis.call("HINCRBY", KEYS[2], "bytes", -freed)
  end
end
if ARGV[6] ~= "running" then redis.call("HSET", KEYS[2], "endedAt", ARGV[7]) end
redis.call("PEXPIRE", KEYS[1], ARGV[9])
redis.call("PEXPIRE", KEYS[2], ARGV[9])
redis.call("PUBLISH", ARGV[10], ARGV[5])
return known[4] or ""
`;

/** The writer lives. ARGV: token, life (ms), keep (ms). Returns as APPEND does. */
export const BEAT = `
local known = redis.call("HMGET", KEYS[2], "token", "state", "stop")
if not known[1] then return redis.error_reply("${GONE}") end
if known[1] ~= ARGV[1] or known[2] ~= "running" then return redis.error_reply("FENCED") end
redis.call("PEXPIRE", KEYS[1], ARGV[3])
redis.call("PEXPIRE", KEYS[2], ARGV[3])
redis.call("SET", KEYS[3], "1", "PX", ARGV[2])
return known[3] or ""
`;

/**
 * Ends a run whose writer gives no sign of life, or gives up: from then on it cannot write. ARGV: the entry's text before its number,
 * the text after it, now (ms), keep (ms), channel, the token of the writer that gives up ("" for none). Returns 1 where it was ended
 * now, -1 where there is no such run.
 */
export const BURY = `
local known = redis.call("HMGET", KEYS[2], "state", "next", "token")
if not known[1] then return -1 end
if known[1] ~= "running" then return 0 end
if ARGV[6] == "" then
  if redis.call("EXISTS", KEYS[3]) == 1 then return 0 end
elseif known[3] ~= ARGV[6] then return 0 end
redis.call("PEXPIRE", KEYS[2], ARGV[4])
redis.call("DEL", KEYS[3])
local text = ARGV[1] .. known[2] .. ARGV[2]
local next = string.format("%.0f", tonumber(known[2]) + 1)
redis.call("HINCRBY", KEYS[2], "token", 1)
redis.call("XADD", KEYS[1], next .. "-0", "e", text)
redis.call("HSET", KEYS[2], "next", next, "state", "failed", "endedAt", ARGV[3])
redis.call("PEXPIRE", KEYS[1], ARGV[4])
redis.call("PUBLISH", ARGV[5], text)
return 1
`;

/**
 * Takes over a run whose writer gives no sign of life, once in its life: whatever killed its first process shall not kill all.
 * ARGV: life (ms), the new writer's channel. Returns 1 where it was taken over.
 */
export const TAKE = `
local known = redis.call("HMGET", KEYS[2], "state", "token", "again", "stop")
if known[1] ~= "running" or known[2] ~= "1" or not known[3] or known[4] then return 0 end
if redis.call("EXISTS", KEYS[3]) == 1 then return 0 end
redis.call("HSET", KEYS[2], "token", "${TAKEN}", "writer", ARGV[2])
redis.call("SET", KEYS[3], "1", "PX", ARGV[1])
return 1
`;

/** How many processes may die of announcing an end. */
const MOST_ANNOUNCERS = 3;

/**
 * Takes up what a dead process has left to announce. ARGV: its channel, and that of the process that takes it up. Returns 1 where
 * that is to announce it.
 */
export const CLAIM = `
local known = redis.call("HMGET", KEYS[2], "state", "${ANNOUNCED}", "writer")
if known[1] == "running" or not known[2] or known[3] ~= ARGV[1] then return 0 end
if tonumber(known[2]) >= ${MOST_ANNOUNCERS} then
  redis.call("HDEL", KEYS[2], "${ANNOUNCED}")
  return 0
end
redis.call("HINCRBY", KEYS[2], "${ANNOUNCED}", 1)
redis.call("HSET", KEYS[2], "writer", ARGV[2])
return 1
`;

/** Asks the writer to end, also where that cannot be written down. ARGV: the run's id, the reason. Returns 1 where the run was running. */
export const STOP = `
local known = redis.call("HMGET", KEYS[2], "state", "writer")
if known[1] ~= "running" then return 0 end
redis.pcall("HSETNX", KEYS[2], "stop", ARGV[2])
redis.call("PUBLISH", known[2], ARGV[1] .. "\\n" .. ARGV[2])
return 1
`;

/** Notes something of a run. ARGV: the field, and the value; without one it is taken back. Returns 1, or 0 where there is no such run. */
export const NOTE_DOWN = `
if redis.call("EXISTS", KEYS[2]) == 0 then return 0 end
if ARGV[2] then redis.call("HSET", KEYS[2], ARGV[1], ARGV[2]) else redis.call("HDEL", KEYS[2], ARGV[1]) end
return 1
`;

/**
 * Runs are in a chain from now on. KEYS[1]: the chain (set). ARGV: how long a new chain is kept (ms), the names of the runs. A process
 * that dies then leaves no chain that is kept for ever.
 */
export const JOIN = `
redis.call("SADD", KEYS[1], unpack(ARGV, 2))
if redis.call("PTTL", KEYS[1]) < 0 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
`;
