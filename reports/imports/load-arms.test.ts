import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { temporaryStorePath } from '../../db/example-store.fixture.ts';
import { requireImport } from '../../db/queries/imports.ts';
import { beginImport } from '../../db/queries/record-import.ts';
import { openDatabase, type Database } from '../../db/store/connection.ts';
import { loadArms, loadTexts, type ChosenArm, type LoadOptions } from './load-arms.ts';
import { AS_TOLD, scoreFrom, scoreWithin } from './scoring.ts';

const ID = 'ab'.repeat(32);
const READ: LoadOptions = {
  scoring: AS_TOLD,
  splits: null,
  usesClusters: true,
  pairBy: 'prompt',
  splitOf: null,
};
const EMPTY = { failure: null, answer: null, completion: null, confidence: null, tokens: null };

/** Scores of each problem's samples in each of two runs; null: it failed. */
const RUNS: readonly (readonly (readonly (number | null)[])[])[] = [
  [[0, 4], [2]],
  [[4, null], [1]],
];

function openImport(t: TestContext): { db: Database; chosen: ChosenArm[] } {
  const db = openDatabase(temporaryStorePath(t));
  t.after(() => db.$client.close());
  const writer = beginImport(db, { source: 'grpo.jsonl', sha256: 'c'.repeat(64), bytes: 12 });
  writer.write(() => {
    const problems = ['x', 'y'].map((key, i) =>
      writer.addProblem({
        ...{ sourceId: `q${i}`, split: i === 0 ? '' : 'hard', key, prompt: `${key}?` },
        ...{ target: '4', cluster: 'sums' },
      }),
    );
    RUNS.forEach((samples, seed) => {
      const importRun = writer.addRun({ arm: null, seed });
      samples.forEach((own, problem) =>
        own.forEach((score, sample) => {
          const told = score === null ? { failure: 'timed out' } : { answer: String(score), tokens: 5 };
          const at = { importRun, importProblem: problems[problem]!, sample };
          writer.addSample({ ...EMPTY, ...at, score, completion: `So ${sample}.`, ...told });
        }),
      );
    });
  });
  const header = JSON.stringify({
    ...{ tool: 'mytool', model: 'm', task: null, scorer: 'points' },
    settings: { temperature: 1, max_tokens: null },
  });
  writer.complete({ id: ID, name: 'grpo', format: 'plain JSONL', header, notices: [] });
  return { db, chosen: [{ name: 'grpo', record: requireImport(db, 'grpo'), arm: null }] };
}

test('an arm has a run for each seed, with what the samples of each problem came to', (t) => {
  const { db, chosen } = openImport(t);
  const [arm] = loadArms(db, chosen, READ);
  assert.deepEqual(
    arm!.runs.map(({ seed, counts }) => [
      seed,
      counts.map(({ split, n, sum, failed }) => [split, n, sum, failed]),
    ]),
    [
      [
        0,
        [
          ['all', 2, 4, 0],
          ['hard', 1, 2, 0],
        ],
      ],
      [
        1,
        [
          ['all', 1, 4, 1],
          ['hard', 1, 1, 0],
        ],
      ],
    ],
  );
  const [first] = arm!.runs[0]!.counts;
  assert.deepEqual(
    [first!.isBinary, first!.sumOfSquares, first!.tokens, first!.answers, first!.cluster, first!.target],
    [false, 16, 10, { '0': 1, '4': 1 }, 'sums', '4'],
  );
  assert.equal(arm!.settings['scorer'], 'points');
  assert.equal(arm!.settings['settings.temperature'], '1');
  assert.deepEqual(arm!.sources[0]!.details, { tool: 'mytool', model: 'm', scorer: 'points' });
});

test('a threshold and a range say what a score counts as', (t) => {
  const { db, chosen } = openImport(t);
  const sums = (scoring: LoadOptions['scoring']) =>
    loadArms(db, chosen, { ...READ, scoring })[0]!.runs[0]!.counts.map(({ sum, isBinary }) => [
      sum,
      isBinary,
    ]);
  assert.deepEqual(sums(scoreFrom(2)), [
    [1, true],
    [1, true],
  ]);
  assert.deepEqual(sums(scoreWithin(0, 4)), [
    [1, true],
    [0.5, false],
  ]);
});

test('only the chosen splits are read, another split may be given, and clusters may be left aside', (t) => {
  const { db, chosen } = openImport(t);
  const read = (options: Partial<LoadOptions>) =>
    loadArms(db, chosen, { ...READ, ...options })[0]!.runs.map(({ counts }) =>
      counts.map(({ key, split, cluster }) => `${key} ${split} ${cluster}`),
    );
  assert.deepEqual(read({ splits: ['hard'] }), [['y hard sums'], ['y hard sums']]);
  const splitOf = ({ sourceId }: { readonly sourceId: string }) => (sourceId === 'q1' ? 'clean' : null);
  assert.deepEqual(read({ splitOf, usesClusters: false })[0], ['x all null', 'y clean null']);
  assert.deepEqual(loadArms(db, chosen, { ...READ, splits: ['none'] })[0]!.runs, []);
});

test('texts are those of the problems asked for, with a verdict by the score that counts', (t) => {
  const { db, chosen } = openImport(t);
  const texts = loadTexts(db, chosen, { ...READ, scoring: scoreWithin(0, 4), keys: ['x'] });
  const shared = { arm: 'grpo', split: 'all', key: 'x', prompt: 'x?', target: '4' };
  assert.deepEqual(texts, [
    { ...shared, completion: 'So 0.', verdict: 'incorrect' },
    { ...shared, completion: 'So 1.', verdict: 'correct' },
  ]);
  const [graded] = loadTexts(db, chosen, { ...READ, scoring: scoreWithin(0, 4), keys: ['y'] });
  assert.deepEqual([graded!.split, graded!.verdict], ['hard', 'score 0.5']);
  assert.deepEqual(loadTexts(db, chosen, { ...READ, keys: [] }), []);
});

test('arms of one name are runs of one arm', (t) => {
  const { db, chosen } = openImport(t);
  const arms = loadArms(db, [...chosen, ...chosen], READ);
  assert.deepEqual([arms.length, arms[0]!.runs.length], [1, 4]);
});
