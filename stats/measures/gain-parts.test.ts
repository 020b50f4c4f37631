import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { estimateGainParts, splitGain, type ComparedRun, type FormatCounts } from './gain-parts.ts';

const near = (found: number | null, expected: number): void =>
  assert.ok(found !== null && Math.abs(found - expected) < 1e-12, `found ${found}, expected ${expected}`);

const counts = (n: readonly (readonly number[])[], c: readonly (readonly number[])[]): FormatCounts => ({
  n,
  c,
});

/** pass@1 of each problem. */
const passAt1 = ({ n, c }: FormatCounts): number[] =>
  n.map((row, p) => c[p]!.reduce((a, b) => a + b, 0) / row.reduce((a, b) => a + b, 0));

function compare(arm: FormatCounts, base: FormatCounts, tempered: FormatCounts | null): ComparedRun {
  const before = passAt1(base);
  const gain = passAt1(arm).map((value, p) => value - before[p]!);
  return { gain, arm, base, baseGiven: base, temperedGiven: tempered };
}

/** Two problems of 10 samples; formats: scratchpad, direct. The worked example of docs/metrics.md. */
const base = counts(
  [
    [4, 6],
    [4, 6],
  ],
  [
    [4, 1],
    [2, 2],
  ],
);
const arm = counts(
  [
    [9, 1],
    [9, 1],
  ],
  [
    [9, 0],
    [9, 1],
  ],
);
const tempered = counts(
  [
    [5, 5],
    [5, 5],
  ],
  [
    [5, 1],
    [4, 2],
  ],
);
const ONCE = Int32Array.of(1, 1);

test('a gain is share + temperature + rest, as by hand', () => {
  // Base: shares .4 and .6, accuracies .75 and .25, pass@1 .45. Arm: shares .9 and .1, pass@1 .95. Tempered: .9 and .3.
  const parts = splitGain(compare(arm, base, tempered), ONCE);
  near(parts.gain, 0.5);
  near(parts.share, (0.9 - 0.4) * 0.75 + (0.1 - 0.6) * 0.25);
  near(parts.within, 0.25);
  near(parts.temperature, 0.9 * (0.9 - 0.75) + 0.1 * (0.3 - 0.25));
  near(parts.rest, 0.9 * (1 - 0.9) + 0.1 * (0.5 - 0.3));
  near(parts.share + parts.temperature! + parts.rest!, parts.gain);
  assert.equal(parts.unknown, 0);
});

test('the base at its best temperature has gained nothing that temperature does not give', () => {
  const parts = splitGain(compare(tempered, base, tempered), ONCE);
  near(parts.rest, 0);
  near(parts.share + parts.temperature!, parts.gain);
  const still = splitGain(compare(base, base, base), ONCE);
  for (const part of [still.gain, still.share, still.temperature, still.rest]) near(part, 0);
});

test('an arm that only sharpens less than a temperature does has a rest below 0', () => {
  const weaker = counts(
    [
      [4, 6],
      [4, 6],
    ],
    [
      [4, 1],
      [3, 2],
    ],
  );
  near(splitGain(compare(weaker, base, tempered), ONCE).share, 0);
  assert.ok(splitGain(compare(weaker, base, tempered), ONCE).rest! < 0);
});

test('a format of which the base’s accuracy is not known counts as share, never as taught, and is told', () => {
  const without = counts(
    [
      [0, 10],
      [0, 10],
    ],
    [
      [0, 2],
      [0, 3],
    ],
  );
  const parts = splitGain(compare(arm, without, without), ONCE);
  near(parts.share, 0.9 * 1 + (0.1 - 1) * 0.25);
  near(parts.temperature, 0);
  near(parts.rest, 0.1 * (0.5 - 0.25));
  near(parts.unknown, 0.9);
});

test('forced samples give the accuracies, shares stay those of what was written freely', () => {
  const forced = counts(
    [
      [10, 10],
      [10, 10],
    ],
    [
      [8, 3],
      [6, 3],
    ],
  );
  const run = { ...compare(arm, base, tempered), baseGiven: forced };
  const parts = splitGain(run, ONCE);
  near(parts.share, 0.5 * 0.7 - 0.5 * 0.3);
  near(parts.share + parts.temperature! + parts.rest!, parts.gain);
});

test('without a tempered arm there is a part within, and no more', () => {
  const parts = splitGain(compare(arm, base, null), ONCE);
  near(parts.within, 0.25);
  assert.deepEqual([parts.temperature, parts.rest], [null, null]);
});

test('a problem counts as often as it was drawn', () => {
  const twice = splitGain(compare(arm, base, tempered), Int32Array.of(2, 0));
  near(twice.gain, 0.9 - 0.5);
  near(twice.share, 0.5 * 1 - 0.5 * (1 / 6));
});

test('means over runs let every base count the same, and intervals of equal runs come from problems alone', () => {
  const run = compare(arm, base, tempered);
  const other = compare(base, base, tempered);
  const draws = { bases: [0, 0, 1], resamples: 400, level: 0.95 };
  const generator = createGenerator(deriveStream(0, 'gain-parts'));
  const parts = estimateGainParts([run, run, other], { ...draws, generator });
  near(parts.gain.estimate, 0.25);
  near(parts.share.estimate + parts.temperature!.estimate + parts.rest!.estimate, parts.gain.estimate);
  assert.ok(parts.gain.low < 0.05 && parts.gain.high > 0.45, 'bases are drawn');
  assert.equal(estimateGainParts([compare(arm, base, null)], { ...draws, bases: [0], generator }).rest, null);
});
