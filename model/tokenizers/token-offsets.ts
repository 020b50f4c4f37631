import type { TextSpan } from '../../rollouts/token-span.ts';

function countShared(first: string, second: string): number {
  let at = 0;
  while (at < first.length && at < second.length && first[at] === second[at]) at += 1;
  return at;
}

/** UTF-16 units of the character at `at`; 0 at the end. */
function sizeOfCharacter(text: string, at: number): number {
  const code = text.codePointAt(at);
  if (code === undefined) return 0;
  return code > 0xffff ? 2 : 1;
}

/**
 * Decodes ever more tokens and looks how far the text agrees. What is decoded beyond that, such as U+FFFD for the first bytes
 * of a character, stands for the character that comes next.
 *
 * @param isWindowed decode only what follows the last token that ended with a whole character, behind that token, because
 *   the first token of a text may lose its blank; else from the beginning each time, in quadratic time
 */
function align(
  { ids, text, decode }: { ids: readonly number[]; text: string; decode(ids: readonly number[]): string },
  isWindowed: boolean,
): TextSpan[] {
  let context: readonly number[] = [];
  let window: number[] = [];
  let begin = 0;
  let stable = 0;
  return ids.map((id) => {
    window.push(id);
    const decoded = decode([...context, ...window]).slice(decode(context).length);
    const shared = countShared(decoded, text.slice(begin, begin + decoded.length));
    const from = stable;
    stable = Math.max(stable, begin + shared);
    if (decoded.length > shared) return { from, to: stable + sizeOfCharacter(text, stable) };
    if (isWindowed && shared > 0) [context, window, begin] = [[id], [], stable];
    return { from, to: stable };
  });
}

/**
 * Where in the decoded text each token stands: together they cover it, in order. Tokens that share a character, as the bytes
 * of one may, each cover it whole; a token without text, such as a special one, has an empty span.
 *
 * @param decode text of ids, special tokens left out
 */
export function findOffsets(ids: Iterable<number>, decode: (ids: readonly number[]) => string): TextSpan[] {
  const list = [...ids];
  const decoding = { ids: list, text: decode(list), decode };
  const spans = align(decoding, true);
  // A decoder that looks further back than one token, as one that tidies blanks may.
  const isWhole = (spans.at(-1)?.to ?? 0) === decoding.text.length;
  return isWhole ? spans : align(decoding, false);
}
