import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toTokenEnds, toTokenSpan } from './token-span.ts';

const span = (from: number, to: number) => ({ from, to });

/** The tokens of "[5]#10": "[5", "]#1", "0" and the end token. */
const offsets = [span(0, 2), span(2, 5), span(5, 6), span(6, 6)];

test('the tokens of a part are those that overlap it, a token cut in half included', () => {
  const cases = [
    [span(0, 6), span(0, 3)],
    [span(4, 6), span(1, 3)],
    [span(2, 3), span(1, 2)],
    [span(1, 3), span(0, 2)],
    [span(5, 6), span(2, 3)],
  ] as const;
  for (const [part, tokens] of cases) {
    assert.deepEqual(toTokenSpan(part, offsets), tokens, JSON.stringify(part));
  }
});

test('a token without text belongs to a part only between two tokens that do', () => {
  // "1", a special token, "0", the end token.
  const withSpecial = [span(0, 1), span(1, 1), span(1, 2), span(2, 2)];
  assert.deepEqual(toTokenSpan(span(0, 2), withSpecial), span(0, 3));
  assert.deepEqual(toTokenSpan(span(1, 2), withSpecial), span(2, 3));
  assert.deepEqual(toTokenSpan(span(0, 1), withSpecial), span(0, 1));
});

test('tokens that share a character all belong to it', () => {
  const ofBytes = [span(0, 1), span(1, 3), span(1, 3), span(3, 4)];
  assert.deepEqual(toTokenSpan(span(1, 3), ofBytes), span(1, 3));
});

test('a part that overlaps no token is refused', () => {
  assert.throws(() => toTokenSpan(span(6, 7), offsets), /\[6, 7\) of a text overlaps none of its 4 tokens/);
  assert.throws(() => toTokenSpan(span(0, 1), []), RangeError);
});

test('token ends are kept only where tokens are not one character each, with the end token behind them', () => {
  const each = [span(0, 1), span(1, 2), span(2, 3)];
  const ended = [...each, span(3, 3)];
  assert.equal(toTokenEnds({ text: '#10', isTruncated: false }, ended), null);
  assert.equal(toTokenEnds({ text: '#10', isTruncated: true }, each), null);
  assert.equal(toTokenEnds({ text: '', isTruncated: false }, [span(0, 0)]), null);
  const wide = { text: '𝟙0', isTruncated: true };
  assert.equal(toTokenEnds(wide, [span(0, 2), span(2, 3)]), null, 'a character of two units is one');
  const ends = (text: string, isTruncated: boolean, tokens: typeof offsets) => [
    ...toTokenEnds({ text, isTruncated }, tokens)!,
  ];
  assert.deepEqual(ends('[5]#10', false, offsets), [2, 5, 6, 6]);
  // As many tokens as characters, but a special one among them.
  assert.deepEqual(ends('10', true, [span(0, 1), span(1, 1), span(1, 2)]), [1, 1, 2]);
  assert.deepEqual(ends('10', false, [span(0, 1), span(1, 1), span(1, 2), span(2, 2)]), [1, 1, 2, 2]);
  assert.deepEqual(ends('aéb', true, [span(0, 1), span(1, 2), span(1, 2), span(2, 3)]), [1, 2, 2, 3]);
});
