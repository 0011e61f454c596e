/** The longest title, in characters. */
const LONGEST = 64;

/** What a conversation is called that begins with a text. */
export function titleOf(text: string, files: readonly { name: string }[] = []): string {
  const line = text.split("\n").find((one) => one.trim() !== "") ?? files[0]?.name ?? "";
  const plain = line
    .replace(/[#*`_>]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
  if (plain.length <= LONGEST) return plain || "New chat";
  const cut = plain.slice(0, LONGEST);
  const word = cut.lastIndexOf(" ");
  return `${(word > LONGEST / 2 ? cut.slice(0, word) : cut).trimEnd()}…`;
}
