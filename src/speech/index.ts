export { type Sentence, SentenceSplitter, splitSentences } from "./sentences/sentence-splitter.js";
export { type SpeakableOptions, SpeakableText } from "./speakable/speakable-text.js";
export { type FliteOptions, type FliteVoiceName, flite } from "./voices/flite/flite.js";
export type * from "./voices/voice.js";
