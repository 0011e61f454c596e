// Ordinary text as models write it: sentences, names, numbers, a list, Markdown, a little code. Nothing in it is personal
// data.
export const PROSE = `A sluice is a gate that lets a stream through at the pace the other side can take. The oldest ones
that we know of, in what is now Iraq, are more than 4,000 years old; they fed canals of up to 40 km. When John Smith
visited the works in March 1824, he counted 12 gates and wrote that "each of them is worth a hundred men".

**Why it matters.** A river that rises 2.5 m in 6 hours does not wait. The keeper of the Old Mill had to decide, every day,
how much water to let in, e.g. for the wheels, the fields and the fish. In 2019 the town replaced the last wooden gate, at a
cost of $1.2 million (about 15% of its budget); it took 3 years, 2 engineers and one flood to get it right.

1. Close the lower gate before the upper one.
2. Wait until both levels are within 5 cm.
3. Open the upper gate slowly: 10 turns, a pause, 10 more.

What follows is simple. If demand falls, the gate closes a little, and the water behind it rises; nothing is lost, and
nobody downstream has to swim. Call it backpressure if you like. The same idea holds for programs, whose buffers are rarely
larger than 64 KB: \`read(1024)\` asks for as much as it can use, not for more. See [the manual](https://example.com/gates)
for the details, or ask someone who has stood there at 3 a.m. with a lamp.

`;

/** One text with personal data in it, about as often as in a letter. */
export const LETTER = `${PROSE}Yours, Ann Example, 12 Elm Street, Springfield, IL 62704; ann@example.com or (555) 123-4567.

`;
