export { type CaptionFormat, Captions } from "./captions/captions.js";
export { type AudioFile, AudioFiles, type AudioFilesOptions } from "./files/audio-files.js";
export { HeardText } from "./heard/heard-text.js";
export { type FvadOptions, fvad } from "./listen/fvad.js";
export { looksComplete } from "./listen/looks-complete.js";
export { type SherpaTranscriberOptions, sherpaTranscriber } from "./listen/sherpa-transcriber.js";
export { type OpenAiTranscriberOptions, openAiTranscriber, type Transcriber } from "./listen/transcriber.js";
export { transcriberOf } from "./listen/transcriber-of-name.js";
export { type UtteranceEvent, type UtteranceOptions, Utterances } from "./listen/utterances.js";
export type { VoiceDetector } from "./listen/voice-detector.js";
export type { Playback } from "./pipeline/playback.js";
export { speak } from "./pipeline/speak.js";
export type { SpeechOptions } from "./pipeline/speech-options.js";
export { RealtimeSession, type RealtimeSessionOptions } from "./realtime/realtime-session.js";
export { type Sentence, SentenceSplitter, splitSentences } from "./sentences/sentence-splitter.js";
export { type SpeechRouteOptions, speechRoute } from "./serve/speech-route.js";
export { type TranscriptionRouteOptions, transcriptionRoute } from "./serve/transcription-route.js";
export { type SpeakableOptions, SpeakableText } from "./speakable/speakable-text.js";
export {
  createStreamingPipeline,
  type StreamingConfig,
  type StreamingPipeline,
  type StreamingPipelineOptions,
  type StreamingProgress,
  type TextStreamer,
} from "./streaming-pipeline.js";
export type { AudioOutput } from "./talk/audio-output.js";
export { type PacedOutputOptions, type PcmSink, pacedOutput } from "./talk/paced-output.js";
export { remember, type TruncatableConversation } from "./talk/remember.js";
export { type SayOptions, type SpokenTurn, say, type TurnHeard } from "./talk/spoken-turn.js";
export { findPlayer, type SystemPlayerOptions, systemPlayer } from "./talk/system-player.js";
export { type VoiceChatEvent, type VoiceChatOptions, voiceChat } from "./talk/voice-chat.js";
export { type AzureVoiceOptions, azureVoice } from "./voices/cloud/azure-voice.js";
export { type CartesiaVoiceOptions, cartesiaVoice } from "./voices/cloud/cartesia-voice.js";
export { type ElevenLabsVoiceOptions, elevenLabsVoice } from "./voices/cloud/elevenlabs-voice.js";
export { type GoogleVoiceOptions, googleVoice } from "./voices/cloud/google-voice.js";
export { type OpenAiVoiceOptions, openAiVoice } from "./voices/cloud/openai-voice.js";
export type { VoiceServiceOptions } from "./voices/cloud/voice-service.js";
export { type XttsVoiceOptions, xttsVoice } from "./voices/cloud/xtts-voice.js";
export { type EspeakOptions, espeak } from "./voices/espeak/espeak.js";
export { type FliteOptions, type FliteVoiceName, flite } from "./voices/flite/flite.js";
export { type ModelVoiceOptions, modelVoice } from "./voices/model-voice.js";
export { type SherpaVoiceOptions, sherpaVoice } from "./voices/sherpa/sherpa-voice.js";
export type { StreamedAudio, StreamingVoice } from "./voices/streaming-voice.js";
export type * from "./voices/voice.js";
export { voiceOf } from "./voices/voice-of-name.js";
