export function DictateButton(_: { onText(text: string): void }) {
  return null;
}
