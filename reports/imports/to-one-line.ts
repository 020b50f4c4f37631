/**
 * A name from a file as one line of ordinary characters: it stands in lines of the terminal, in paths and in the expressions of
 * figures, where another line, a control character or one that turns the direction of writing would be obeyed.
 */
export function toOneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
}
