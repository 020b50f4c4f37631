import { parseArgs } from 'node:util';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { mean } from '../stats/intervals/aggregate-scores.ts';
import { criticalValue, crossedMean, hasNoSpread } from '../stats/intervals/crossed-mean.ts';
import {
  bonettPriceInterval,
  clusteredInterval,
  momentsInterval,
  pairedInterval,
  type Interval,
} from '../stats/intervals/published-intervals.fixture.ts';
import {
  PUBLISHED_PROBLEMS,
  PUBLISHED_REPEATS,
  publishedScenarios,
} from '../stats/significance/published-scenarios.fixture.ts';
import { simulateAnswers, type AnswerSpread } from '../stats/significance/simulated-answers.fixture.ts';
import type { SimulatedDesign } from '../stats/significance/simulated-differences.fixture.ts';

/*
 * How often 95 % intervals of a paired difference cover it, and how wide they are: the decision rule's and those that others
 * publish, on the settings of a published simulation and on training runs that differ; both tables in docs/metrics.md, section 4:
 *   node --import tsx bench/interval-coverage.ts [--repetitions 200] [--experiments 2000]
 */

const { values: flags } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '200' },
    experiments: { type: 'string', default: '2000' },
  },
});

const SAMPLES = 16;
const SHAPES = [[3, 2], [5, 1], [10, 1], [1, 5]] as const; // prettier-ignore
const SPREADS: readonly AnswerSpread[] = [
  { base: 0, seed: 0, isHard: false },
  { base: 0.02, seed: 0.02, isHard: false },
  { base: 0.1, seed: 0.05, isHard: false },
  { base: 0.01, seed: 0.01, isHard: true },
];

type Matrix = readonly (readonly number[])[];

/** As a verdict's interval: the estimate alone where nothing varies. */
function ruleInterval(differences: Matrix, bases: readonly number[]): Interval {
  const found = crossedMean(differences, bases)!;
  const half = hasNoSpread(found) ? 0 : criticalValue(found, 0.025) * found.standardError;
  return [found.estimate - half, found.estimate + half];
}

/** Coverage and mean width of several intervals over many data sets. */
class Tally {
  private readonly counts: { covered: number; width: number }[] = [];
  private total = 0;

  add(intervals: readonly Interval[], truth: number): void {
    this.total += 1;
    intervals.forEach(([low, high], i) => {
      const count = (this.counts[i] ??= { covered: 0, width: 0 });
      // Rounding in the sums must not decide about an end that is the truth exactly.
      if (low <= truth + 1e-12 && high >= truth - 1e-12) count.covered += 1;
      count.width += high - low;
    });
  }

  cells(): string[] {
    const each = this.counts.map(({ covered, width }) => {
      const share = ((100 * covered) / this.total).toFixed(1);
      return `${share} % (${(width / this.total).toFixed(3)})`;
    });
    return [String(this.total), ...each];
  }
}

function printRow(label: readonly (string | number)[], tally: Tally): void {
  console.log(`| ${[...label, ...tally.cells()].join(' | ')} |`);
}

function printPublishedSettings(): void {
  const scenarios = publishedScenarios();
  const all = new Tally();
  const seeds = Array.from({ length: PUBLISHED_REPEATS }, () => 0);
  for (const problems of PUBLISHED_PROBLEMS) {
    const tally = new Tally();
    for (const { name, trueDifference, draw } of scenarios) {
      const stream = deriveStream(0, `interval-coverage/${name}/${problems}`);
      for (let repetition = 0; repetition < Number(flags.repetitions); repetition += 1) {
        const differences = draw(createGenerator(stream, repetition), problems, PUBLISHED_REPEATS);
        const intervals = [ruleInterval(differences, seeds), ...publishedIntervals(differences)];
        tally.add(intervals, trueDifference);
        all.add(intervals, trueDifference);
      }
    }
    printRow([problems], tally);
  }
  printRow(['all'], all);
}

function publishedIntervals(differences: Matrix): Interval[] {
  return [momentsInterval, bonettPriceInterval, pairedInterval, clusteredInterval].map((interval) =>
    interval(differences),
  );
}

/** Training runs: the rule weighs their means, the others all their answers as repeats. */
function printTrainingRuns(design: SimulatedDesign, spread: AnswerSpread): void {
  const tally = new Tally();
  for (let experiment = 0; experiment < Number(flags.experiments); experiment += 1) {
    const { treatment, control, bases } = simulateAnswers(design, { spread, samples: SAMPLES, experiment });
    const byRun = treatment.map((problems, run) =>
      problems.map((answers, problem) => mean(answers) - mean(control[run]![problem]!)),
    );
    const byAnswer = treatment.flatMap((problems, run) =>
      Array.from({ length: SAMPLES }, (_, sample) =>
        problems.map((answers, problem) => answers[sample]! - control[run]![problem]![sample]!),
      ),
    );
    tally.add([ruleInterval(byRun, bases), ...publishedIntervals(byAnswer)], 0);
  }
  const { bases, seedsPerBase } = design;
  const kind = spread.isHard ? 'near 0' : 'uniform';
  printRow([`${bases} × ${seedsPerBase}`, kind, spread.base, spread.seed], tally);
}

function main(): void {
  printPublishedSettings();
  for (const [bases, seedsPerBase] of SHAPES)
    for (const spread of SPREADS)
      // Another base than the one trained on is beyond what runs of one base speak of.
      printTrainingRuns(
        { bases, seedsPerBase, problems: 64 },
        { ...spread, base: bases === 1 ? 0 : spread.base },
      );
}

main();
