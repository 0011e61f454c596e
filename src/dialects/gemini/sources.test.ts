import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trickyText } from "../../../test/laws/arbitrary-answer.js";
import { chunkOf, own, readChunks, STOP } from "../../../test/support/gemini-chunks.js";
import type { JsonObject } from "../../base/json.js";
import { readBody } from "./read-body.js";

describe("sources", () => {
  const web = (name: string) => ({ web: { uri: `https://${name}.example/`, title: name } });
  const support = (startIndex: number, endIndex: number, ...groundingChunkIndices: number[]) => ({
    segment: { ...(startIndex > 0 && { startIndex }), endIndex },
    groundingChunkIndices,
  });

  function sourcesOf(chunks: readonly JsonObject[]) {
    return readChunks(chunks).events.flatMap((event) => (event.type === "source" ? [event] : []));
  }

  test("spans are counted in UTF-8 bytes there, and in UTF-16 code units here", () =>
    fc.assert(
      fc.property(trickyText, trickyText, trickyText, fc.nat(3), (before, cited, after, cuts) => {
        const whole = before + cited + after;
        const pieces = Array.from({ length: cuts + 1 }, (_, index) =>
          [...whole].filter((_, at) => at % (cuts + 1) === index).join(""),
        );
        // Pieces in order: the text is cut into runs of characters.
        const points = [...whole];
        const size = Math.ceil(points.length / (cuts + 1));
        const runs = pieces.map((_, index) => points.slice(index * size, (index + 1) * size).join(""));
        const bytes = (text: string) => new TextEncoder().encode(text).length;
        const groundingMetadata = {
          groundingChunks: [web("a")],
          groundingSupports: [support(bytes(before), bytes(before + cited), 0)],
        };
        const sources = sourcesOf([
          chunkOf([{ text: "Hm. É", thought: true }]),
          ...runs.map((text) => chunkOf([{ text }])),
          chunkOf([{ text: "" }], { ...STOP, groundingMetadata }),
        ]);
        expect(sources).toMatchObject([
          {
            block: 1,
            source: { url: "https://a.example/", span: { start: before.length, end: before.length + cited.length } },
          },
        ]);
      }),
    ));

  test("a chunk is a source for each place it supports, and one without a place for none", () => {
    const groundingMetadata = {
      webSearchQueries: ["q"],
      searchEntryPoint: { renderedContent: "<div>" },
      groundingChunks: [web("a"), web("b"), web("c")],
      groundingSupports: [support(0, 2, 0, 1), support(2, 4, 0)],
    };
    const { events } = readChunks([chunkOf([{ text: "abcd" }], { ...STOP, groundingMetadata })]);
    const sources = events.flatMap((event) => (event.type === "source" ? [event.source] : []));
    expect(sources.map(({ title, span }) => [title, span?.start, span?.end])).toEqual([
      ["a", 0, 2],
      ["a", 2, 4],
      ["b", 0, 2],
      ["c", undefined, undefined],
    ]);
    expect(sources[0]?.opaque).toEqual(own({ chunk: web("a"), support: support(0, 2, 0, 1) }));
    expect(events).toContainEqual({
      type: "data",
      name: "provider/groundingMetadata",
      value: groundingMetadata,
      opaque: own({ groundingMetadata }),
    });
  });

  test("what a stream repeats of them is emitted once, and what it adds is added", () => {
    const first = { groundingChunks: [web("a")], groundingSupports: [support(0, 2, 0)] };
    const second = { groundingChunks: [web("a"), web("b")], groundingSupports: [support(0, 2, 0), support(2, 4, 1)] };
    const sources = sourcesOf([
      chunkOf([{ text: "ab" }], { groundingMetadata: first }),
      chunkOf([{ text: "cd" }], { ...STOP, groundingMetadata: second }),
    ]);
    expect(sources.map(({ source }) => [source.title, source.span?.start])).toEqual([
      ["a", 0],
      ["b", 2],
    ]);
  });

  test("chunks that are counted on from earlier ones are those that supports point to", () => {
    const sources = sourcesOf([
      chunkOf([{ text: "ab" }], { groundingMetadata: { groundingChunks: [web("a")] } }),
      chunkOf([{ text: "cd" }], {
        ...STOP,
        groundingMetadata: { groundingChunks: [web("b")], groundingSupports: [support(0, 2, 1), support(2, 4, 1)] },
      }),
    ]);
    expect(sources.map(({ source }) => [source.title, source.span?.start])).toEqual([
      ["a", undefined],
      ["b", 0],
      ["b", 2],
    ]);
  });

  test("a part that is named is the one that offsets begin at", () => {
    const groundingMetadata = {
      groundingChunks: [web("a")],
      groundingSupports: [{ segment: { partIndex: 2, startIndex: 1, endIndex: 2 }, groundingChunkIndices: [0] }],
    };
    const body = chunkOf([{ text: "é" }, { text: "t", thought: true }, { text: "xyz" }], {
      ...STOP,
      groundingMetadata,
    });
    const events = readBody(body);
    expect(events.find((event) => event.type === "source")).toMatchObject({
      block: 2,
      source: { span: { start: 1, end: 2 } },
    });
  });

  test("documents, places and images", () => {
    const groundingMetadata = {
      groundingChunks: [
        { retrievedContext: { uri: "gs://b/a.pdf", title: "a.pdf", text: "as it stands", documentName: "docs/1" } },
        { maps: { uri: "https://maps.example/", title: "Here", placeId: "places/1" } },
        { image: { sourceUri: "https://i.example/", imageUri: "https://i.example/a.png", title: "A picture" } },
        { later: {} },
      ],
    };
    const sources = sourcesOf([chunkOf([{ text: "x" }], { ...STOP, groundingMetadata })]).map(({ source }) => source);
    expect(sources).toMatchObject([
      { kind: "document", id: "docs/1", url: "gs://b/a.pdf", title: "a.pdf", quote: "as it stands" },
      { kind: "url", id: "places/1", url: "https://maps.example/", title: "Here" },
      { kind: "url", url: "https://i.example/", title: "A picture" },
      { kind: "document", opaque: own({ chunk: { later: {} } }) },
    ]);
  });

  test("citations, by both of their names", () => {
    const citation = { startIndex: 2, endIndex: 4, uri: "https://a.example/", title: "a", license: "mit" };
    for (const key of ["citations", "citationSources"]) {
      const citationMetadata = { [key]: [citation] };
      const sources = sourcesOf([chunkOf([{ text: "é cd" }], { ...STOP, citationMetadata })]);
      expect(sources).toEqual([
        {
          type: "source",
          block: 0,
          source: {
            kind: "url",
            url: "https://a.example/",
            title: "a",
            span: { start: 1, end: 3 },
            opaque: own({ citation }),
          },
        },
      ]);
    }
  });
});
