import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { analyzeComparison } from '../reports/comparison/analyze-comparison.ts';
import { simulateComparison } from '../reports/comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../reports/comparison/sort-comparison.ts';
import { hypothesisSchema, type Hypothesis } from '../config/hypothesis.ts';

/*
 * Every table, interval and verdict of a report over a million made-up samples (five conditions × 3 bases × 2 seeds, two splits, six
 * hypotheses), without reading the rows and drawing the page:
 *   node --import tsx bench/statistics.ts
 * prints one JSON line; times in seconds.
 */

const { values: flags } = parseArgs({
  options: {
    bases: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '2' },
    problems: { type: 'string', default: '348' },
    samples: { type: 'string', default: '64' },
  },
});

function declareHypotheses(): Hypothesis[] {
  return [1, 8, 64].flatMap((k) =>
    ['clean', 'contaminated'].map((split) =>
      hypothesisSchema.parse({
        claim: `GRPO lifts pass@${k} on ${split}.`,
        treatment: 'grpo',
        control: 'base',
        metric: { name: 'pass@k', split, k },
        alternative: 'greater',
        reported: 'greater',
      }),
    ),
  );
}

function main(): void {
  const size = {
    bases: Number(flags.bases),
    seeds: Number(flags.seeds),
    problems: Number(flags.problems),
    samples: Number(flags.samples),
    steps: 8,
  };
  const simulated = simulateComparison(size);
  const input = sortComparison({
    ...simulated,
    experiment: { ...simulated.experiment, hypotheses: declareHypotheses() },
  });
  const wall = performance.now();
  const processor = process.cpuUsage();
  const { verdicts } = analyzeComparison(input);
  const { user, system } = process.cpuUsage(processor);
  console.log(
    JSON.stringify({
      samples: input.evaluations.reduce((sum, { n }) => sum + n, 0),
      runs: input.runs.length,
      verdicts: verdicts.length,
      analyze_s: (performance.now() - wall) / 1000,
      processor_s: (user + system) / 1e6,
    }),
  );
}

main();
