import { parseArgs } from 'node:util';
import { runSeed } from '../random/run-seed.ts';
import { mean } from '../stats/intervals/aggregate-scores.ts';
import { criticalValue, crossedMean } from '../stats/intervals/crossed-mean.ts';
import { detectableEffect } from '../stats/significance/detectable-effect.ts';
import { publishedErrors } from '../stats/significance/published-errors.fixture.ts';
import { simulateAnswers, type AnswerSpread } from '../stats/significance/simulated-answers.fixture.ts';
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
const COUNT_SPREADS: readonly AnswerSpread[] = [
  { base: 0.02, seed: 0.02, isHard: false },
  { base: 0.1, seed: 0.05, isHard: false },
  { base: 0.01, seed: 0.01, isHard: true },
];

type Differences = ReturnType<typeof simulateDifferences>;

/** Differences of two arms' counts of `SAMPLES` samples; of hard problems, whether any of them is correct. */
function simulateCounts(
  design: SimulatedDesign,
  spread: AnswerSpread,
  of: { experiment: number; seedOf: RunSeed },
): Differences {
  const { treatment, control, bases } = simulateAnswers(design, { spread, samples: SAMPLES, ...of });
  const score = (answers: readonly number[]): number =>
    spread.isHard ? Math.max(...answers) : mean(answers);
  const differences = treatment.map((problems, run) =>
    problems.map((answers, problem) => score(answers) - score(control[run]![problem]!)),
  );
  return { differences, bases: [...bases] };
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
      const spread = { ...declared, base: ofBase(declared.base) };
      const kind = declared.isHard ? 'solved in 16' : 'pass@1';
      printRow([name, kind, spread.base, spread.seed, '–', '–'], (experiment) =>
        simulateCounts(design, spread, { experiment, seedOf }),
      );
    }
  }
}

main();
