/**
 * Characters that a terminal obeys instead of showing: control characters but tab and line feed, and those that turn the
 * direction of writing.
 */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** `text` with such characters as `\uXXXX`. In a JSON document they stand in strings only, where this means the same. */
export function toPrintable(text: string): string {
  return text.replace(OBEYED, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}
