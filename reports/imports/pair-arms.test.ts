import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncomparableError } from '../comparison/incomparable-error.ts';
import { armOf, countOf, runOf } from './imported-arm.fixture.ts';
import { pairArms, placeOf, type PairedArms } from './pair-arms.ts';

/** Key, n and sum of each problem of a run. */
function rows({ arms }: PairedArms, arm: number, run = 0): [string, number, number][] {
  return arms[arm]!.runs[run]!.counts.map(({ key, n, sum }) => [key, n, sum]);
}

test('problems are paired by what was asked, whatever their order and ids are, under the first arm’s id', () => {
  const first = [countOf({ key: 'x', sourceId: '1' }), countOf({ key: 'y', sourceId: '2', sum: 0 })];
  const second = [countOf({ key: 'y', sourceId: 'b' }), countOf({ key: 'x', sourceId: 'a', sum: 0 })];
  const paired = pairArms([
    armOf('base', [{ seed: null, counts: first }]),
    armOf('grpo', [{ seed: null, counts: second }]),
  ]);
  assert.deepEqual(rows(paired, 0), [
    ['x', 1, 1],
    ['y', 1, 0],
  ]);
  assert.deepEqual(rows(paired, 1), [
    ['x', 1, 0],
    ['y', 1, 1],
  ]);
  assert.deepEqual(
    paired.arms[1]!.runs[0]!.counts.map(({ sourceId }) => sourceId),
    ['1', '2'],
  );
  assert.equal(paired.population, 'problems');
  assert.deepEqual(paired.notices, []);
});

test('a problem is in the cluster that any arm tells', () => {
  const paired = pairArms([
    armOf('base', [runOf({ x: 1 })]),
    armOf('grpo', [{ seed: null, counts: [countOf({ key: 'x', cluster: 'sums' })] }]),
  ]);
  assert.deepEqual(
    paired.arms.map(({ runs }) => runs[0]!.counts[0]!.cluster),
    ['sums', 'sums'],
  );
});

test('a problem that an arm lacks, or has no score for, is left out, named, and never counts as wrong', () => {
  const failed = countOf({ key: 'z', n: 0, sum: 0, failed: 2 });
  const paired = pairArms([
    armOf('base', [runOf({ w: 1, x: 0, y: 1, z: 1 })]),
    armOf('grpo', [{ seed: null, counts: [...runOf({ w: 1, x: 1 }).counts, failed] }]),
  ]);
  assert.deepEqual(rows(paired, 0), [
    ['w', 1, 1],
    ['x', 1, 0],
  ]);
  assert.deepEqual(rows(paired, 1), [
    ['w', 1, 1],
    ['x', 1, 1],
  ]);
  assert.deepEqual(paired.notices, [
    '1 problem left out (id of y): not in every run of grpo.',
    '1 problem left out (id of z): a run of grpo has no sample with a score there.',
  ]);
});

test('one id with another prompt is told, and not paired', () => {
  const asked = (key: string) => countOf({ key, sourceId: 'q7' });
  const paired = pairArms([
    armOf('base', [{ seed: null, counts: [asked('x'), countOf({ key: 'y' })] }]),
    armOf('grpo', [{ seed: null, counts: [asked('z'), countOf({ key: 'y' })] }]),
  ]);
  assert.equal(
    paired.notices[0],
    '1 problem with one id and another prompt in base and grpo (q7), not paired.',
  );
  assert.deepEqual(rows(paired, 1), [['y', 1, 1]]);
});

test('where an arm has one run, the runs of the others are pooled', () => {
  const answered = (answers: Record<string, number>, sum: number) => ({
    seed: null,
    counts: [countOf({ key: 'x', n: 2, sum, sumOfSquares: sum, tokens: 10, answers })],
  });
  const paired = pairArms([
    armOf('base', [runOf({ x: 1 })]),
    armOf('grpo', [answered({ '4': 2 }, 2), answered({ '4': 1, '5': 1 }, 1)]),
  ]);
  const [row] = paired.arms[1]!.runs[0]!.counts;
  assert.deepEqual([row!.n, row!.sum, row!.tokens, row!.answers], [4, 3, 20, { '4': 3, '5': 1 }]);
  assert.equal(paired.arms[1]!.runs.length, 1);
  assert.deepEqual(paired.notices, [
    'base has one run, so that the 2 of grpo are pooled and nothing is said of other runs.',
  ]);
});

test('runs pair by seed where two seeds are shared, in whatever order they stand; the others are left out', () => {
  const paired = pairArms([
    armOf('base', [runOf({ x: 0 }, 5), runOf({ x: 1 }, 7), runOf({ x: 1 }, 9)]),
    armOf('grpo', [runOf({ x: 1 }, 7), runOf({ x: 0 }, 5)]),
  ]);
  assert.equal(paired.population, 'runs');
  for (const { runs } of paired.arms)
    assert.deepEqual(
      runs.map(({ seed, counts }) => [seed, counts[0]!.sum]),
      [
        [5, 0],
        [7, 1],
      ],
    );
  assert.deepEqual(paired.notices, ['1 run of base has no counterpart in every other arm and is left out.']);
});

test('runs pair in their order where seeds are not shared, and where an arm has one seed twice', () => {
  const other = pairArms([
    armOf('base', [runOf({ x: 0 }, 1), runOf({ x: 1 }, 2)]),
    armOf('grpo', [runOf({ x: 1 }, 3), runOf({ x: 0 }, 4)]),
  ]);
  assert.deepEqual(other.notices, [
    'The arms have no two seeds in common; their runs are paired in their order.',
  ]);
  const twice = [runOf({ x: 0 }, 1), runOf({ x: 1 }, 1), runOf({ x: 0 }, 2)];
  const repeated = pairArms([armOf('base', twice), armOf('grpo', twice)]);
  assert.deepEqual(
    repeated.arms[0]!.runs.map(({ seed, counts }) => [seed, counts[0]!.sum]),
    [
      [0, 0],
      [1, 1],
      [2, 0],
    ],
  );
  assert.deepEqual(repeated.notices, [
    'An arm has several runs of one seed; their runs are paired in their order.',
  ]);
});

test('splits of other names are one split, in which the samples of one prompt are one problem', () => {
  const of = (split: string, sum: number) => countOf({ key: 'x', split, sum });
  const paired = pairArms([
    armOf('base', [{ seed: null, counts: [of('easy', 1), of('hard', 0)] }]),
    armOf('grpo', [{ seed: null, counts: [of('test', 1)] }]),
  ]);
  assert.deepEqual(rows(paired, 0), [['x', 2, 1]]);
  assert.equal(paired.arms[0]!.runs[0]!.counts[0]!.split, 'all');
  assert.deepEqual(paired.notices, [
    'The splits have other names (easy, hard in base; test in grpo), so that all problems are taken as one.',
  ]);
});

test('splits keep one prompt apart where the arms share a name', () => {
  const counts = [countOf({ key: 'x', split: 'clean' }), countOf({ key: 'x', split: 'leaked', sum: 0 })];
  const run = { seed: null, counts };
  const paired = pairArms([armOf('base', [run]), armOf('grpo', [run])]);
  assert.deepEqual(
    paired.arms[0]!.runs[0]!.counts.map((row) => [placeOf(row), row.sum]),
    [
      ['x clean', 1],
      ['x leaked', 0],
    ],
  );
});

test('arms without a common problem cannot be compared, and the error says how problems are told apart', () => {
  assert.throws(
    () => pairArms([armOf('base', [runOf({ x: 1 })]), armOf('grpo', [runOf({ y: 1 })])]),
    (error: Error) =>
      error instanceof IncomparableError &&
      /^base and grpo have no problem in common: problems are told apart by their prompts.*1 problem left out \(id of x\): not in every run of grpo\./.test(
        error.message,
      ),
  );
});
