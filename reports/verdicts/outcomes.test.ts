import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSchema, type CheckInput } from '../../config/check.ts';
import { interaction, trend } from '../../config/contrast.ts';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { analyzeComparison, type Analysis } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { claimSection } from '../page/claim-section.ts';
import { toCsvFiles } from '../text/csv-files.ts';
import { describeTest } from '../text/hypothesis-text.ts';
import { toSummaryMarkdown } from '../text/summary-markdown.ts';
import { describeDetectable, describeNeed, describeSize } from '../text/verdict-text.ts';
import type { DecidedRow } from './verdict-table.ts';

const ARMS = ['base', 'random-reward', 'grpo', 'negative-only', 'forking-tokens'] as const;
type Levels = Readonly<Record<(typeof ARMS)[number], number>>;
const score = { name: 'probe', probe: 'hand', metric: 'score', split: 'clean' } as const;
const fraction = (value: number) => ({ value, unit: 'fraction' as const });

/** Five bases of one seed each; every condition scores as told on two problems, bases and problems a little apart. */
function measure(levels: Levels, problemOf = (_arm: string, problem: number) => problem): ComparisonInput {
  const simulated = simulateComparison({ bases: 5, seeds: 1, problems: 8, samples: 4, steps: 4 });
  const wobble = (arm: number, base: number): number => 0.004 * ((base * 3 + arm * 2) % 5) - 0.008;
  const probeScores = simulated.runs.flatMap(({ id, condition, baseSeed }) =>
    [0, 1].map((problem): ComparisonInput['probeScores'][number] => {
      const arm = condition as keyof Levels;
      const value =
        levels[arm] + wobble(ARMS.indexOf(arm), baseSeed) + 0.01 * (problem === 0 ? -1 : 1) + 0.05 * baseSeed;
      const problemIndex = problemOf(arm, problem);
      return {
        ...{ runId: id, step: 4, probe: 'hand', metric: 'score', split: 'clean' },
        problemIndex,
        value,
      };
    }),
  );
  return { ...simulated, probeScores };
}

type Declared = readonly Partial<HypothesisInput>[];

function decide(
  input: ComparisonInput,
  hypotheses: Declared,
  checks: Readonly<Record<string, Partial<CheckInput>>> = {},
): { readonly input: ComparisonInput; readonly analysis: Analysis } {
  const declared = {
    hypotheses: hypotheses.map((hypothesis) =>
      hypothesisSchema.parse({
        claim: 'It works.',
        ...(hypothesis.contrast === undefined ? { treatment: 'grpo', control: 'base' } : {}),
        ...{ metric: score, alternative: 'greater', reported: 'greater' },
        ...hypothesis,
      }),
    ),
    checks: Object.fromEntries(
      Object.entries(checks).map(([name, check]) => [
        name,
        checkSchema.parse({
          ...{ kind: 'positive-control', says: 'GRPO lifts the score.', treatment: 'grpo', control: 'base' },
          ...{ metric: score, alternative: 'greater', bound: fraction(0.1) },
          ...check,
        }),
      ]),
    ),
  };
  const sorted = sortComparison({ ...input, experiment: { ...input.experiment, ...declared } });
  return { input: sorted, analysis: analyzeComparison(sorted) };
}

const verdictsOf = (...of: Parameters<typeof decide>): string[] =>
  decide(...of).analysis.verdicts.map(({ verdict }) => verdict);
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${found}, expected ${expected}`);

const levels = { base: 0.5, 'random-reward': 0.5, grpo: 0.8, 'negative-only': 0.65, 'forking-tokens': 0.52 };
const input = measure(levels);

test('each of the five outcomes, and the state before them', () => {
  const interest = fraction(0.05);
  const hypotheses: Declared = [
    { interest },
    { alternative: 'less', interest },
    { treatment: 'random-reward', interest },
    { treatment: 'random-reward' },
    { treatment: 'random-reward', requires: ['lift'], interest },
    { treatment: 'random-reward', alternative: 'equivalent', margin: interest },
  ];
  const expected = ['supported', 'contradicted', 'no-effect', 'underpowered', 'not-tested', 'supported'];
  const checks = { lift: { bound: fraction(0.4) } };
  assert.deepEqual(verdictsOf(input, hypotheses, checks), expected);
  const runs = input.runs.map((run) => (run.id === 'grpo-2-0' ? { ...run, status: 'running' } : run));
  assert.deepEqual(verdictsOf({ ...input, runs }, hypotheses, checks).slice(0, 5), [
    'pending',
    'pending',
    'no-effect',
    'underpowered',
    'pending',
  ]);
});

test('a failed positive control leaves what requires it untested, with its sentence and numbers', () => {
  const checks = { lift: { bound: fraction(0.4), says: 'A verifier lifts the score.' } };
  const [row, free] = decide(input, [{ treatment: 'random-reward', requires: ['lift'] }, {}], checks).analysis
    .verdicts;
  assert.equal(row!.verdict, 'not-tested');
  assert.match(
    describeNeed(row!),
    /^positive control “lift” failed: A verifier lifts the score\. grpo − base in hand score on clean: \+0\.300 \(90% interval \+0\.29\d to \+0\.30\d\), needed above \+0\.400$/,
  );
  assert.equal(free!.verdict, 'supported', 'what does not require it is decided');
});

test('a manipulation that was not delivered leaves its hypothesis untested, one that was lets it be decided', () => {
  const delivered = (treatment: string) => ({
    delivered: { ...({ kind: 'manipulation', treatment } as const), says: 'The bonus is delivered.' },
  });
  const hypothesis = { treatment: 'negative-only', requires: ['delivered'] };
  assert.deepEqual(verdictsOf(input, [hypothesis], delivered('negative-only')), ['supported']);
  const failed = decide(input, [hypothesis], delivered('forking-tokens')).analysis.verdicts[0]!;
  assert.equal(failed.verdict, 'not-tested');
  assert.match(describeNeed(failed), /^manipulation check “delivered” failed: The bonus is delivered\./);
});

test('a check of a level has no control, and one that nothing recorded fails what requires it', () => {
  const level = { control: undefined, bound: fraction(0.7) };
  const elsewhere = { metric: { ...score, metric: 'absent' } };
  const { analysis } = decide(input, [{ requires: ['level'] }, { requires: ['level', 'none'] }], {
    level,
    none: elsewhere,
  });
  assert.deepEqual(
    analysis.checks.map(({ name, state }) => [name, state]),
    [
      ['level', 'held'],
      ['none', 'not-measured'],
    ],
  );
  assert.deepEqual(
    analysis.verdicts.map(({ verdict }) => verdict),
    ['supported', 'not-tested'],
  );
  assert.match(
    describeNeed(analysis.verdicts[1]!),
    /“none” could not be measured: .* run \S+ did not record the metric/,
  );
});

test('an untested hypothesis counts in Holm’s family as one that shows nothing', () => {
  const { verdicts } = decide(input, [{}, { requires: ['lift'] }], {
    lift: { bound: fraction(0.4) },
  }).analysis;
  const decided = verdicts[0] as DecidedRow;
  near(decided.holmSupportP, 2 * decided.evidence.supportP);
});

test('a difference in differences is what the hand gives, and the sentence says what is taken from what', () => {
  // (0.8 − 0.5) − (0.65 − 0.5) = 0.15; the wobble of each arm has mean 0 over the five bases.
  const contrast = interaction('grpo', 'base', 'negative-only', 'random-reward');
  const { verdicts } = decide(input, [{ contrast }]).analysis;
  const row = verdicts[0] as DecidedRow;
  near(row.evidence.effect, 0.15);
  assert.equal(row.verdict, 'supported');
  assert.equal(describeSize(row), '5 bases × 1 seed, 2 problems');
  assert.equal(
    describeTest(row.hypothesis),
    'grpo + random-reward − base − negative-only above 0 in hand score on clean',
  );
});

test('an interaction over an axis pairs the arms of each label', () => {
  const contrast = interaction('random/latent', 'base/latent', 'random/none', 'base/none');
  const stored = Object.fromEntries(Object.entries(contrast).sort(([a], [b]) => (a < b ? -1 : 1)));
  const hypothesis = hypothesisSchema.parse({
    ...{
      claim: 'Only where it lies latent.',
      contrast: stored,
      metric: { name: 'pass@k', split: 'clean', k: 1 },
    },
    ...{ alternative: 'greater', margin: fraction(0.05), reported: 'greater' },
  });
  assert.equal(
    describeTest(hypothesis),
    '(random/latent − base/latent) − (random/none − base/none) above 0.05 in pass@1 on clean',
  );
});

test('a trend is the slope through the means', () => {
  // Positions 0, 1, 2, 3 of 0.5, 0.52, 0.65, 0.8: (−0.3·0.5 − 0.1·0.52 + 0.1·0.65 + 0.3·0.8) = 0.103.
  const contrast = trend(['base', 'forking-tokens', 'negative-only', 'grpo']);
  const [row] = decide(input, [{ contrast }]).analysis.verdicts as [DecidedRow];
  near(row.evidence.effect, 0.103);
  assert.equal(
    describeTest(row.hypothesis),
    '0.3 × grpo + 0.1 × negative-only − 0.1 × forking-tokens − 0.3 × base above 0 in hand score on clean',
  );
});

test('conditions that share no problem are paired run by run, and the row says so', () => {
  const apart = measure(levels, (arm, problem) => (arm === 'base' ? problem + 100 : problem));
  const contrast = { grpo: 1, base: -1 };
  const [row] = decide(apart, [{ contrast }]).analysis.verdicts as [DecidedRow];
  near(row.evidence.effect, 0.3);
  assert.equal(row.evidence.problems, 1);
  assert.match(describeSize(row), /each run’s mean over its own problems/);
});

test('a margin that is a share of a positive control is estimated and printed; without its effect nothing is tested', () => {
  const of = { treatment: 'grpo', control: 'base' };
  const hypotheses: Declared = [
    { treatment: 'forking-tokens', alternative: 'equivalent', margin: { share: 0.25, of } },
    { treatment: 'negative-only', alternative: 'equivalent', margin: { share: 0.25, of } },
    {
      treatment: 'forking-tokens',
      alternative: 'equivalent',
      margin: { share: 0.25, of: { treatment: 'random-reward', control: 'base' } },
    },
  ];
  const run = decide(input, hypotheses);
  const [within, beyond, none] = run.analysis.verdicts as [DecidedRow, DecidedRow, DecidedRow];
  assert.deepEqual(
    [within.verdict, beyond.verdict, none.verdict],
    ['supported', 'contradicted', 'not-tested'],
  );
  near(within.evidence.margin, 0.075);
  assert.match(describeDetectable(within), / \/ 0\.075 \(25% of \(grpo − base\)\)$/);
  assert.equal(
    describeTest(within.hypothesis),
    'forking-tokens within 25% of (grpo − base) of base in hand score on clean',
  );
  assert.match(
    describeNeed(none),
    /^the margin is 0\.25 of what random-reward gains over base, and that gain is not/,
  );
  const csv = toCsvFiles(run.input, run.analysis).get('verdicts.csv')!.split('\n');
  const column = csv[0]!.split(',').indexOf('margin');
  assert.ok(csv[1]!.split(',')[column]!.startsWith('0.07'), csv[1]);
});

test('checks stand in the summary, on the page and in a file of their own', async () => {
  const run = decide(input, [{ requires: ['lift'] }], { lift: {}, more: { bound: fraction(0.4) } });
  const summary = toSummaryMarkdown(run.input, run.analysis);
  assert.match(summary, /### Checks/);
  assert.match(summary, /\| lift \| positive control \| GRPO lifts the score\. \| held \| \+0\.300 \(90%/);
  assert.match((await claimSection(run.analysis))!.body.markup, /Checks: what had to hold first/);
  const csv = toCsvFiles(run.input, run.analysis).get('checks.csv')!.split('\n');
  assert.equal(
    csv[0],
    'check,kind,says,state,reason,compared,metric,control_metric,unit,alternative,bound,value,low,high,bases,seeds,problems',
  );
  assert.match(
    csv[1]!,
    /^lift,positive-control,GRPO lifts the score\.,held,,grpo − base,hand score on clean,/,
  );
  assert.match(csv[2]!, /^more,positive-control,.*,failed,/);
});

test('what could be detected at Holm’s level stands beside what is of interest', () => {
  const [row] = decide(input, [{ interest: fraction(0.05) }]).analysis.verdicts as [DecidedRow];
  assert.match(describeDetectable(row), /^0\.0\d\d \/ 0\.050$/);
  const [bare] = decide(input, [{}]).analysis.verdicts as [DecidedRow];
  assert.match(describeDetectable(bare), / \/ none declared$/);
});
