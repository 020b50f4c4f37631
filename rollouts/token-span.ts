/** Characters [from, to) of a completion's text, counted as `slice` counts them (UTF-16 units). */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
}

/** Tokens [from, to) of a completion. */
export interface TokenSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * The tokens that hold a part of a completion's text: from the first to the last one that overlaps it. A token that the
 * part cuts in half belongs to it; a token without text belongs to it only between two that do.
 *
 * @param offsets [T] where in the text each token stands, as a tokenizer gives them
 * @throws RangeError when no token overlaps the part
 */
export function toTokenSpan({ from, to }: TextSpan, offsets: readonly TextSpan[]): TokenSpan {
  const overlaps = (token: TextSpan): boolean => token.from < token.to && token.from < to && token.to > from;
  const first = offsets.findIndex(overlaps);
  if (first < 0) {
    throw new RangeError(
      `the part [${from}, ${to}) of a text overlaps none of its ${offsets.length} tokens, which end at character ` +
        `${offsets.at(-1)?.to ?? 0}`,
    );
  }
  return { from: first, to: offsets.findLastIndex(overlaps) + 1 };
}

/**
 * Where in a completion's text each token ends, [T]: what tells the stored text apart into its tokens. Null where that is
 * known without it: each token is one character, followed by the end token unless the completion is truncated. A character
 * that several tokens share is the first one's.
 */
export function toTokenEnds(
  { text, isTruncated }: { readonly text: string; readonly isTruncated: boolean },
  offsets: readonly TextSpan[],
): Int32Array | null {
  let end = 0;
  const ends = offsets.map((token) => (end = Math.max(end, token.to)));
  let at = 0;
  const characters = Array.from(text, (character) => (at += character.length));
  const usual = isTruncated ? characters : [...characters, at];
  const isUsual = ends.length === usual.length && ends.every((place, i) => place === usual[i]);
  return isUsual ? null : Int32Array.from(ends);
}
