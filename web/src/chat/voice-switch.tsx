export function VoiceSwitch() {
  return null;
}
