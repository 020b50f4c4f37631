import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import type { Split } from './problem.ts';
import { openTask, taskNames } from './index.ts';
import { UnknownPartError } from '../config/part-index.ts';

const rows = Array.from({ length: 500 }, (_, i) => ({
  question: `${i}+1=`,
  answer: `${i + 1}`,
  metadata: { i },
}));
const shares = { dev: 0.2, clean: 0.2, contaminated: 0.2 };

/** Options that each family is put through besides its defaults. */
const VARIANTS: Readonly<Record<string, readonly object[]>> = {
  arithmetic: [
    {},
    { formats: ['scratchpad', 'direct', 'padded-direct'] },
    { formats: ['scratchpad-confidence', 'direct-confidence', 'direct'] },
    { operations: 2, harderOperations: 3, operators: ['+'], operandDigits: 2, modulus: 1000, startDigits: 3 },
  ],
  countdown: [
    {},
    {
      numbers: 4,
      harderNumbers: 5,
      operators: ['+', '-', '*', '/'],
      use: 'at-most-once',
      largestTarget: 200,
    },
  ],
  jsonl: [
    { rows, shares },
    { rows, shares, answerMarker: '####', verification: 'numeric' },
    {
      rows: rows.map((row) => ({ ...row, answer: `${row.question}\n#### ${row.answer}` })),
      shares,
      answerMarker: '#### ',
      verification: 'numeric',
      formats: ['solution', 'answer'],
    },
  ],
  knowledge: [{}, { facts: 50, keyLetters: 2, valueDigits: 3 }],
};

const PROBLEMS = 32;
const cases = taskNames.flatMap((name) => (VARIANTS[name] ?? [{}]).map((options) => ({ name, options })));

test('every family is put through variants of its own', () => {
  assert.deepEqual(Object.keys(VARIANTS).sort(), [...taskNames].sort());
});

for (const { name, options } of cases) {
  const label = `${name} ${JSON.stringify(options).slice(0, 80)}`;
  const open = (): ReturnType<typeof openTask> => openTask(name, options);
  const problemsOf = (split: Split, seed: number, count = PROBLEMS) => {
    const task = open();
    return Array.from({ length: count }, (_, index) => task.problem(split, seed, index));
  };

  test(`${label}: a problem depends on nothing but options, split, seed and index`, () => {
    for (const split of open().splits) {
      const forward = problemsOf(split, 7);
      const task = open();
      for (const index of [31, 3, 0, 17]) {
        assert.deepEqual(task.problem(split, 7, index), forward[index]);
        assert.deepEqual(task.problem(split, 7, index), forward[index]);
      }
      assert.notDeepEqual(problemsOf(split, 8), forward);
    }
  });

  test(`${label}: evaluation splits hold distinct problems and no split shares one, over several seeds`, () => {
    const owners = new Map<string, Split>();
    for (const split of open().splits) {
      for (const seed of [0, 1, 2]) {
        const keys = problemsOf(split, seed).map((problem) => problem.key);
        if (split !== 'train') assert.equal(new Set(keys).size, keys.length, `${split} of seed ${seed}`);
        for (const key of keys) {
          assert.equal(owners.get(key) ?? split, split, `${key} is in two splits`);
          owners.set(key, split);
        }
      }
    }
  });

  test(`${label}: what it writes is correct, in its format, within its alphabet and length`, () => {
    const task = open();
    const generator = createGenerator(deriveStream(0, 'write'));
    const alphabet = new Set(task.alphabet);
    assert.equal(alphabet.size, task.alphabet.length, 'the alphabet repeats no character');
    for (const split of task.splits) {
      for (const problem of problemsOf(split, 3)) {
        for (const format of task.formats) {
          const text = task.writeCompletion(problem, format, generator);
          const verdict = task.verify(problem, { text, isTruncated: false });
          assert.deepEqual(
            [verdict.outcome, verdict.extractedAnswer === null],
            ['correct', false],
            `${text} for ${problem.prompt}`,
          );
          assert.equal(task.formatOf(text), format);
          assert.ok(text.startsWith(task.formatPrefix(format)), `${text} in ${format}`);
          const { from, to } = task.answerSpan(text)!;
          assert.equal(text.slice(from, to), verdict.extractedAnswer);
          assert.equal(task.statedConfidence(text) !== null, format.endsWith('-confidence'));
          assert.ok(
            text.length <= task.maxCompletionCharacters,
            `${text} is longer than ${task.maxCompletionCharacters}`,
          );
          for (const character of problem.prompt + text) assert.ok(alphabet.has(character), `'${character}'`);
          assert.ok(task.steps(problem, text)?.every((step) => step.isCorrect) ?? true);
        }
      }
    }
  });

  test(`${label}: empty, truncated and foreign completions are malformed, never correct`, () => {
    const task = open();
    const split = task.splits[0]!;
    const problem = task.problem(split, 0, 0);
    const right = task.writeCompletion(problem, task.formats[0]!, createGenerator(deriveStream(0, 'write')));
    assert.equal(task.verify(problem, { text: '', isTruncated: false }).outcome, 'malformed');
    assert.equal(task.verify(problem, { text: right, isTruncated: true }).outcome, 'malformed');
    assert.notEqual(task.verify(problem, { text: `${right}~`, isTruncated: false }).outcome, 'correct');
    assert.equal(task.formatOf(''), 'other');
    assert.equal(task.answerSpan(''), null);
    assert.equal(task.statedConfidence(''), null);
    assert.throws(() => task.formatPrefix('no-such-format'), { name: 'UnknownFormatError' });
    assert.throws(
      () => task.writeCompletion(problem, 'no-such-format', createGenerator(deriveStream(0, 'write'))),
      {
        name: 'UnknownFormatError',
      },
    );
  });

  test(`${label}: no problem exists at a negative or fractional index`, () => {
    const task = open();
    assert.throws(() => task.problem(task.splits[0]!, 0, -1), RangeError);
    assert.throws(() => task.problem(task.splits[0]!, 0, 0.5), RangeError);
  });
}

test('an unknown task and an unknown option are refused', () => {
  assert.throws(() => openTask('sorting'), UnknownPartError);
  assert.throws(() => openTask('arithmetic', { operation: 3 }), /operation/);
});
