import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOverlapScan, type GramOptions, type QuestionOverlap } from './ngram-overlap.ts';

/** Scans documents of one piece each. */
function scan(question: string, documents: readonly string[], options: GramOptions): QuestionOverlap {
  const open = createOverlapScan([question], options);
  documents.forEach((document, place) => {
    open.read(document, place);
    open.endDocument();
  });
  return open.results()[0]!;
}

const words = (n: number): GramOptions => ({ n, unit: 'words' });
const characters = (n: number): GramOptions => ({ n, unit: 'characters' });

test('word n-grams ignore case, blanks and punctuation, and matches show the question as written', () => {
  const question = 'Alice has 3 apples; Bob takes 2.';
  const corpus = ['nothing here', 'so ALICE HAS 3  apples — bob left'];
  // Trigrams of "alice has 3 apples bob takes 2": five, of which three are in the second document.
  assert.deepEqual(scan(question, corpus, words(3)), {
    grams: 5,
    found: 3,
    isShort: false,
    matches: [{ text: 'Alice has 3 apples; Bob', found: { place: 1, text: corpus[1] } }],
  });
});

test('separate parts that match are shown separately, each with its first place', () => {
  const overlap = scan('a b c x d e f', ['d e f', 'a b c', 'a b c'], words(3));
  assert.equal(overlap.found, 2);
  assert.deepEqual(
    overlap.matches.map(({ text, found }) => [text, found.place]),
    [
      ['a b c', 1],
      ['d e f', 0],
    ],
  );
});

test('character n-grams keep signs and count blanks once', () => {
  const overlap = scan('47+8-3*2=', ['x 47+8-3*1='], characters(5));
  // 47+8- 7+8-3 +8-3* 8-3*2 -3*2=: the first three.
  assert.deepEqual([overlap.grams, overlap.found], [5, 3]);
  assert.equal(overlap.matches[0]!.text, '47+8-3*');
  assert.equal(scan('a  b', ['xa\tby'], characters(3)).found, 1);
});

test('an n-gram spans the pieces of a document and never two documents', () => {
  const open = createOverlapScan(['one two three'], words(3));
  open.read('one two', 1);
  open.endDocument();
  open.read('three', 2);
  open.endDocument();
  assert.equal(open.results()[0]!.found, 0);
  open.read('one two', 3);
  open.read('three', 4);
  assert.equal(open.results()[0]!.matches[0]!.found.place, 4);
});

test('a question shorter than n is one n-gram and says so; an empty one has none', () => {
  const short = scan('Two words', ['there are two words here'], words(13));
  assert.deepEqual([short.grams, short.found, short.isShort], [1, 1, true]);
  assert.deepEqual(scan('?!', ['?!'], words(2)), { grams: 0, found: 0, isShort: true, matches: [] });
});

test('letters whose lower case is longer match themselves', () => {
  assert.equal(scan('İZMİR 5', ['x İZMİR 5'], words(2)).found, 1);
  assert.equal(scan('aİb', ['xAİBx'], characters(3)).found, 1);
});

test('a long document is searched to its end', () => {
  const filler = Array.from({ length: 5000 }, (_, i) => `w${i % 7}`).join(' ');
  assert.equal(scan('one two three four', [`${filler} one two three four`], words(4)).found, 1);
  assert.equal(scan('one two three four', [`${filler} one two three`, 'four'], words(4)).found, 0);
});

test('a repeated n-gram counts once', () => {
  const overlap = scan('a a a a', ['a a'], words(2));
  assert.deepEqual([overlap.grams, overlap.found], [1, 1]);
  assert.equal(overlap.matches[0]!.text, 'a a a a');
});

test('n below 1 is refused', () => {
  assert.throws(() => createOverlapScan([], words(0)), RangeError);
});
