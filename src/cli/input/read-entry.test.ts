import { expect, test } from "vitest";
import { Draft } from "./draft.js";
import { readEntry } from "./read-entry.js";

/** What is said by pieces that were typed, or pasted where they are in a list. */
function read(...pieces: (string | [string])[]) {
  const draft = new Draft();
  for (const piece of pieces) draft.insert(typeof piece === "string" ? piece : piece[0], typeof piece !== "string");
  const entry = readEntry(draft);
  return entry && `${entry.kind}: ${entry.text}`;
}

test.each([
  ["hello", "message: hello"],
  ["/help", "command: /help"],
  ["/nonsense", "command: /nonsense"],
  ["//etc is a folder", "message: /etc is a folder"],
  ["/usr/bin/env: what is it?", "message: /usr/bin/env: what is it?"],
  ["/file /home/ann/a.png", "command: /file /home/ann/a.png"],
  ["/call add {}", "message: /call add {}"],
  [" /help", "message:  /help"],
  ['"""one', undefined],
  ['"""', undefined],
  ['"""one"""', "message: one"],
  ['"""\none\ntwo\n"""', "message: one\ntwo"],
  ['"""\n/quit\n"""  ', "message: /quit"],
  ['"""\ndef f():\n    """doc""" # more\n"""', 'message: def f():\n    """doc""" # more'],
  ['""""""', "message: "],
  ['/system """\nBe brief.\nBe kind.\n"""', "command: /system Be brief.\nBe kind."],
  ['say """', 'message: say """'],
])("%j says %j", (text, said) => {
  expect(read(text)).toBe(said);
});

test("what is pasted is no sign", () => {
  expect(read(["/quit"])).toBe("message: /quit");
  expect(read(["// a comment\n/save x"])).toBe("message: // a comment\n/save x");
  expect(read(['"""doc'])).toBe('message: """doc');
  expect(read('"""', ['a"""'])).toBeUndefined();
  expect(read('"""', ['a"""'], '"""')).toBe('message: a"""');
  expect(read("/system ", ["Be brief.\n/quit"])).toBe("command: /system Be brief.\n/quit");
});

test("a backslash goes on in the next line, where it was typed at the end of one", () => {
  const draft = new Draft();
  draft.insert("one\\");
  expect(draft.continueLine()).toBe(true);
  expect(draft.text).toBe("one\n");
  expect(draft.continueLine()).toBe(false);
  draft.insert("C:\\", true);
  expect(draft.continueLine()).toBe(false);
});
