import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeCrossing,
  describeCrossingInterval,
  tabulateBoundaries,
  type BoundaryRow,
} from './boundary-table.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import type { PairedFinals } from '../comparison/paired-finals.ts';
import { tabulateSolvedSets, type SolvedSetRow } from './solved-set-table.ts';

const counts = (n: number, correct: readonly number[]): EvaluationCount[] =>
  correct.map((c) => ({ n, c }) as EvaluationCount);

/** after and before by run; n samples of each problem. */
function pair(
  n: number,
  after: readonly (readonly number[])[],
  before: readonly (readonly number[])[],
): PairedFinals {
  return {
    condition: 'grpo',
    reference: 'base',
    split: 'clean',
    problemIds: after[0]!.map((_, i) => `p${i}`),
    after: after.map((row) => counts(n, row)),
    before: before.map((row) => counts(n, row)),
    bases: after.map(() => 0),
  };
}

const boundary = (one: PairedFinals): BoundaryRow => tabulateBoundaries([one], 'f'.repeat(64))[0]!;
const solvedSets = (one: PairedFinals): SolvedSetRow[] => tabulateSolvedSets([one], 'f'.repeat(64));
const near = (found: number | null, expected: number): void =>
  assert.ok(found !== null && Math.abs(found - expected) < 1e-12, `${found} is not ${expected}`);

test('by hand: one problem always and three never solved, against three solved once in four samples', () => {
  const row = boundary(pair(4, [[4, 0, 0, 0]], [[0, 1, 1, 1]]));
  // Baseline pass@1 = 3/16, pass@2 = 3/8, pass@4 = 3/4; condition 1/4 at every k.
  // The lead falls from +1/16 to −1/8 between k = 1 and 2: a third of the way, in log k.
  assert.equal(row.state, 'crosses');
  near(row.crossingK, 2 ** (1 / 3));
  assert.deepEqual([row.n, row.seeds, row.problems], [4, 1, 4]);
  near(row.referencePassAtN, 0.75);
  near(row.conditionPassAtN, 0.25);
  near(row.conditionPassAt1, 0.25);
  near(row.efficiencyGap, 0.5);
  assert.ok(row.gapLow <= 0.5 && row.gapHigh >= 0.5);
  // A replicate that draws the solved problem at least three times of four never crosses: 4·(1/4)³·(3/4) + (1/4)⁴ = 13/256.
  assert.ok(Math.abs(row.neverShare - 13 / 256) < 0.02, `${row.neverShare}`);
  assert.equal(row.crossingHigh, null);
  assert.equal(describeCrossing(row), 'k = 1.3');
  assert.match(
    describeCrossingInterval(row),
    /^k from 1 to beyond 4; 3\d(\.\d)?% of the resamples have no lead even at k = 1; \d(\.\d)?% of the resamples keep the lead up to k = 4$/,
  );
});

test('a condition that is above at every k is never caught up with', () => {
  const row = boundary(pair(4, [[4, 4]], [[0, 0]]));
  assert.deepEqual(
    [row.state, row.crossingK, row.crossingLow, row.crossingHigh],
    ['never', null, null, null],
  );
  assert.equal(row.neverShare, 1);
  assert.equal(describeCrossing(row), 'never within k ≤ 4');
  assert.equal(describeCrossingInterval(row), 'k beyond 4; all of the resamples keep the lead up to k = 4');
});

test('a condition that is no better at k = 1 has no lead to lose, and n may be no power of two', () => {
  const row = boundary(pair(3, [[1, 1]], [[1, 1]]));
  assert.deepEqual([row.state, row.crossingK, row.atStartShare, row.n], ['at-start', 1, 1, 3]);
  assert.equal(describeCrossing(row), 'not above at k = 1');
});

test('a problem without any sample leaves nothing to compare', () => {
  assert.deepEqual(tabulateBoundaries([pair(0, [[0]], [[0]])], 'f'), []);
});

test('solved sets count problems of every run; the shares add up to 1', () => {
  const [row] = solvedSets(
    pair(
      4,
      [
        [4, 0, 1, 0],
        [0, 0, 2, 2],
      ],
      [
        [1, 1, 0, 0],
        [1, 1, 1, 1],
      ],
    ),
  );
  // Run 0: both, baseline only, condition only, neither. Run 1: baseline only twice, both twice.
  assert.deepEqual(
    [row!.referenceOnly, row!.both, row!.conditionOnly, row!.neither, row!.total],
    [3, 3, 1, 1, 8],
  );
  assert.deepEqual(
    [row!.referenceOnlyShare, row!.bothShare, row!.conditionOnlyShare, row!.neitherShare],
    [3 / 8, 3 / 8, 1 / 8, 1 / 8],
  );
});

test('newly solved and lost problems stand beside what dealing the same samples anew would move', () => {
  // Run 0: solved in 4 of 4 by one arm only, either way; pooled 8 with 4 correct, all with one arm in 1 of 70 deals.
  const [row] = solvedSets(pair(4, [[4, 0, 0]], [[0, 4, 0]]));
  assert.deepEqual([row!.k, row!.gained, row!.lost], [4, 1, 1]);
  near(row!.chance, 2 / 70);
  near(row!.gainedExcess, (1 - 2 / 70) / 3);
  near(row!.lostExcess, (1 - 2 / 70) / 3);
  assert.ok(row!.gainedLow! <= 0 && row!.gainedHigh! > row!.gainedExcess!);
  const [empty] = solvedSets(pair(0, [[0]], [[0]]));
  assert.deepEqual([empty!.k, empty!.gainedExcess], [null, null]);
});
