import { parseArgs } from 'node:util';
import { createGenerator, type Generator } from '../random/generator.ts';
import { runSeed } from '../random/run-seed.ts';
import { deriveStream } from '../random/streams.ts';
import { criticalValue, crossedMean } from '../stats/intervals/crossed-mean.ts';
import { detectableEffect } from '../stats/significance/detectable-effect.ts';
import { publishedErrors } from '../stats/significance/published-errors.fixture.ts';
import {
  simulateDifferences,
  type RunSeed,
  type SimulatedDesign,
  type Spread,
} from '../stats/significance/simulated-differences.fixture.ts';

/*
 * How often the decision rule, and published standard errors with a normal quantile, call "greater than 0" supported at one-sided 0.05
 * where there is no effect; the rows of the tables in docs/metrics.md, section 4:
 *   node --import tsx bench/error-rates.ts [--experiments 2000] [--shared-seeds]
 */

const { values: flags } = parseArgs({
  options: {
    experiments: { type: 'string', default: '2000' },
    'shared-seeds': { type: 'boolean', default: false },
  },
});

const SAMPLES = 16;
const NORMAL_95 = 1.6448536269514722;
const SHAPES = [[3, 2], [5, 1], [5, 3], [1, 5], [10, 1]] as const; // prettier-ignore
const NORMAL_SPREADS: readonly Spread[] = [
  { base: 0, seed: 0, problem: 0.1, noise: 0.2 },
  { base: 0, seed: 0, problem: 0.02, noise: 0.3 },
  { base: 0.02, seed: 0.02, problem: 0.1, noise: 0.1 },
  { base: 0.05, seed: 0.03, problem: 0.1, noise: 0.1 },
  { base: 0.1, seed: 0.02, problem: 0.1, noise: 0.1 },
];
/** What bases and seeds of either arm are off by; `hard`: chances near 0, and only solved or not in all samples counts. */
const COUNT_SPREADS = [
  { base: 0.02, seed: 0.02, isHard: false },
  { base: 0.1, seed: 0.05, isHard: false },
  { base: 0.01, seed: 0.01, isHard: true },
] as const;

type Differences = ReturnType<typeof simulateDifferences>;

/** Differences of two arms' counts of `SAMPLES` samples, both arms' bases and seeds off by themselves. */
function simulateCounts(
  { bases, seedsPerBase, problems }: SimulatedDesign,
  { base, seed, isHard }: (typeof COUNT_SPREADS)[number],
  { experiment, seedOf }: { experiment: number; seedOf: RunSeed },
): Differences {
  const streamOf = (of: number, name: string): Generator =>
    createGenerator(deriveStream(of, `counts/${experiment}/${name}`));
  const ofProblems = streamOf(0, 'problems');
  const chances = Array.from({ length: problems }, () =>
    isHard ? 0.1 * ofProblems.uniform() ** 3 : ofProblems.uniform(),
  );
  const pairs = Array.from({ length: bases * seedsPerBase }, (_, i) => [
    Math.floor(i / seedsPerBase),
    i % seedsPerBase,
  ]);
  const differences = pairs.map(([b, s]) => {
    const ofBase = streamOf(b!, 'base');
    const ofSeed = streamOf(seedOf(b!, s!), 'seed');
    const draws = streamOf(runSeed(b!, s!), 'samples');
    const scores = [0, 1].map(() => {
      const shift = base * ofBase.normal() + seed * ofSeed.normal();
      return chances.map((chance) => {
        let c = 0;
        for (let i = 0; i < SAMPLES; i += 1) if (draws.uniform() < chance + shift) c += 1;
        return isHard ? Math.min(1, c) : c / SAMPLES;
      });
    });
    return scores[0]!.map((score, p) => score - scores[1]![p]!);
  });
  return { differences, bases: pairs.map(([b]) => b!) };
}

function printRow(label: readonly (string | number)[], simulate: (experiment: number) => Differences): void {
  const experiments = Number(flags.experiments);
  const shown = { rule: 0, problems: 0, bases: 0, bothWays: 0 };
  let detectable = 0;
  for (let experiment = 0; experiment < experiments; experiment += 1) {
    const { differences, bases } = simulate(experiment);
    const found = crossedMean(differences, bases)!;
    if (found.estimate > criticalValue(found, 0.05) * found.standardError) shown.rule += 1;
    const units = new Set(bases).size > 1 ? bases : bases.map((_, row) => row);
    const published = publishedErrors(differences, units);
    for (const name of ['problems', 'bases', 'bothWays'] as const)
      if (found.estimate > NORMAL_95 * published[name]) shown[name] += 1;
    detectable += detectableEffect(found, 1)! / experiments;
  }
  const percent = (count: number): string => `${((100 * count) / experiments).toFixed(1)} %`;
  const { rule, problems, bases, bothWays } = shown;
  const cells = [...label, ...[rule, problems, bases, bothWays].map(percent), detectable.toFixed(3)];
  console.log(`| ${cells.join(' | ')} |`);
}

function main(): void {
  const seedOf: RunSeed = flags['shared-seeds'] ? (_, rlSeed) => rlSeed : runSeed;
  for (const [bases, seedsPerBase] of SHAPES) {
    const design = { bases, seedsPerBase, problems: 64 };
    const name = `${bases} × ${seedsPerBase}`;
    // Another base than the one trained on is beyond what runs of one base speak of.
    const ofBase = (sd: number): number => (bases === 1 ? 0 : sd);
    for (const declared of NORMAL_SPREADS) {
      const spread = { ...declared, base: ofBase(declared.base) };
      printRow([name, 'normal', spread.base, spread.seed, spread.problem, spread.noise], (experiment) =>
        simulateDifferences(design, { spread, experiment, runSeed: seedOf }),
      );
    }
    for (const declared of COUNT_SPREADS) {
      const spread = { ...declared, base: ofBase(declared.base) } as (typeof COUNT_SPREADS)[number];
      const kind = declared.isHard ? 'solved in 16' : 'pass@1';
      printRow([name, kind, spread.base, spread.seed, '–', '–'], (experiment) =>
        simulateCounts(design, spread, { experiment, seedOf }),
      );
    }
  }
}

main();
