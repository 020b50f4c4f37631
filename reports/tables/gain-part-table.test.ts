import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import type { ComparisonInput, EvaluationCount } from '../comparison/comparison-input.ts';
import { collectFinalCounts } from '../comparison/final-counts.ts';
import type { ForcedFormatCount } from '../comparison/forced-formats.ts';
import { stackParts } from '../figures/gain-part-figure.ts';
import { tabulateGainParts, type GainPartRow } from './gain-part-table.ts';

/** Samples of a problem: scratchpad n and c, direct n and c. */
type Samples = readonly [number, number, number, number];

const PROBLEMS = 4;

/** Arms of two bases, one run each, whose problems all have the samples given; every arm's name is its condition's. */
function compare(
  arms: Readonly<Record<string, Samples>>,
  forcedFormats: readonly ForcedFormatCount[] = [],
): ComparisonInput {
  const size = { bases: 2, seeds: 1, problems: PROBLEMS, samples: 10, steps: 1 };
  const simulated = simulateComparison(size);
  const names = Object.keys(arms);
  const runs = names.flatMap((condition) =>
    [0, 1].map((baseSeed) => ({
      ...simulated.runs[0]!,
      id: `${condition}-${baseSeed}`,
      condition,
      baseSeed,
      seed: 0,
    })),
  );
  const evaluations = runs.flatMap((run): EvaluationCount[] => {
    const [longN, longC, shortN, shortC] = arms[run.condition]!;
    return Array.from({ length: PROBLEMS }, (_, i) => ({
      ...simulated.evaluations[0]!,
      ...{ runId: run.id, split: 'clean', step: 1, problemId: `p${i}`, n: longN + shortN, c: longC + shortC },
      formats: { scratchpad: { n: longN, c: longC }, direct: { n: shortN, c: shortC } },
    }));
  });
  const conditions = names.map((name) => ({ ...simulated.conditions[0]!, name }));
  return { ...simulated, conditions, runs, evaluations, forcedFormats };
}

function tabulate(input: ComparisonInput): Map<string, GainPartRow> {
  const rows = tabulateGainParts(input, collectFinalCounts(input).finals);
  return new Map(rows.map((row) => [row.condition, row]));
}

const near = (found: number | undefined, expected: number): void =>
  assert.ok(
    found !== undefined && Math.abs(found - expected) < 1e-12,
    `found ${found}, expected ${expected}`,
  );

const ARMS = {
  base: [4, 3, 6, 1],
  'base-best-temperature': [5, 4, 5, 2],
  grpo: [9, 9, 1, 0],
} as const;

test('the parts of an arm add up to its gain, and those of the best temperature leave no rest', () => {
  const rows = tabulate(compare(ARMS));
  assert.deepEqual([...rows.keys()], ['base-best-temperature', 'grpo']);
  const grpo = rows.get('grpo')!;
  near(grpo.gain.estimate, 0.5);
  near(grpo.share.estimate, 0.5 * 0.75 - 0.5 * (1 / 6));
  near(grpo.temperature?.estimate, 0.9 * (0.8 - 0.75) + 0.1 * (0.4 - 1 / 6));
  near(grpo.share.estimate + grpo.temperature!.estimate + grpo.rest!.estimate, grpo.gain.estimate);
  near(rows.get('base-best-temperature')!.rest?.estimate, 0);
  const { accuracies, unknown, bases, seeds, problems } = grpo;
  assert.deepEqual([accuracies, unknown, bases, seeds, problems], ['observed', 0, 2, 2, PROBLEMS]);
});

test('without the base at its best temperature what is within formats stays one part', () => {
  const { base, grpo } = ARMS;
  const row = tabulate(compare({ base, grpo })).get('grpo')!;
  assert.deepEqual([row.temperature, row.rest], [null, null]);
  near(row.within.estimate, row.gain.estimate - row.share.estimate);
  assert.deepEqual(
    stackParts(row).map(({ part }) => part),
    ['share', 'within'],
  );
  assert.equal(tabulate(compare({ grpo })).size, 0);
});

test('forced accuracies are taken where base and best temperature were both asked, else none', () => {
  const force = (condition: string, format: string, c: number): ForcedFormatCount[] =>
    [0, 1].flatMap((base) =>
      Array.from({ length: PROBLEMS }, (_, i) => ({
        ...{ runId: `${condition}-${base}`, split: 'clean', problemId: `p${i}`, format, n: 10, c },
      })),
    );
  const ofBase = [...force('base', 'scratchpad', 6), ...force('base', 'direct', 2)];
  const ofBest = [
    ...force('base-best-temperature', 'scratchpad', 8),
    ...force('base-best-temperature', 'direct', 3),
  ];
  const forced = tabulate(compare(ARMS, [...ofBase, ...ofBest])).get('grpo')!;
  assert.equal(forced.accuracies, 'forced');
  near(forced.share.estimate, 0.5 * 0.6 - 0.5 * 0.2);
  near(forced.temperature?.estimate, 0.9 * 0.2 + 0.1 * 0.1);
  near(forced.rest?.estimate, 0.5 - 0.2 - 0.19);
  assert.equal(tabulate(compare(ARMS, ofBase)).get('grpo')!.accuracies, 'observed');
});

test('parts above 0 are stacked to the right of 0 and those below to its left', () => {
  const part = (estimate: number) => ({ estimate, low: estimate - 0.1, high: estimate + 0.1 });
  const row = {
    ...tabulate(compare(ARMS)).get('grpo')!,
    share: part(0.3),
    temperature: part(0.4),
    rest: part(-0.2),
  };
  const [share, temperature, rest] = stackParts(row);
  assert.deepEqual([share!.from, share!.to], [0, 0.3]);
  assert.deepEqual([temperature!.from, temperature!.to], [0.3, 0.7]);
  assert.deepEqual([rest!.from, rest!.to], [0, -0.2]);
  near(temperature!.low, 0.3 + 0.3);
});
