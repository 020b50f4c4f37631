/** One message of a conversation; what a tool's messages hold beside it is left out. */
interface Message {
  readonly role: string;
  readonly content: unknown;
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'content' in value && 'role' in value;
}

function partText(part: unknown): string {
  const text = (part as { readonly text?: unknown } | null)?.text;
  return typeof text === 'string' ? text : JSON.stringify(part);
}

function contentText(content: unknown): string {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(partText).join('\n') : JSON.stringify(content);
}

/**
 * What a model was asked or answered, as one text: a text as it is, the content of a message that stands alone, and of
 * several each with its role before it. Anything else as JSON.
 */
export function messageText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every(isMessage)) return JSON.stringify(value);
  if (value.length === 1) return contentText(value[0]!.content);
  return value.map(({ role, content }) => `${role}: ${contentText(content)}`).join('\n\n');
}
