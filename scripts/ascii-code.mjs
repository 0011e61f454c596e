// Node reads a file of ASCII faster, and keeps it in memory as one byte a character; any other as two.

/** A plugin for Rolldown. */
export function asciiCode() {
  return {
    name: "ascii-code",
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk") chunk.code = escaped(chunk.code, chunk.fileName);
      }
    },
  };
}

/** Beyond ASCII there are characters of strings, templates and patterns alone, in all of which an escape means the same. */
function escaped(code, file) {
  return code.replace(/(\\?)([^\0-\x7f])/g, (_, backslash, character) => {
    if (backslash !== "") throw new Error(`${file} has a backslash before ${character}`);
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
