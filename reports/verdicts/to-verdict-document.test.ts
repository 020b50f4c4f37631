import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { verdictDocumentSchema } from '../../config/verdict-document.ts';
import { collectFinalCounts } from '../comparison/final-counts.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { describeOverall } from '../text/verdict-text.ts';
import { toPendingEntries, toVerdictDocument, toVerdictEntries } from './to-verdict-document.ts';
import { tabulateVerdicts } from './tabulate-verdicts.ts';
import { weighChecks } from './weigh-checks.ts';

const simulated = simulateComparison({ bases: 3, seeds: 2, problems: 40, samples: 8, steps: 8 });

function toEntry(...declared: Partial<HypothesisInput>[]) {
  const hypotheses = declared.map((own) =>
    hypothesisSchema.parse({
      ...{ claim: 'GRPO raises pass@1.', treatment: 'grpo', control: 'base', alternative: 'greater' },
      ...{ metric: { name: 'pass@k', split: 'clean', k: 1 }, reported: 'greater', ...own },
    }),
  );
  const input = sortComparison({ ...simulated, experiment: { ...simulated.experiment, hypotheses } });
  const { name, fingerprint, question, source } = input.experiment;
  const { finals } = collectFinalCounts(input);
  const checks = weighChecks(input, finals);
  const rows = tabulateVerdicts(input, finals, checks);
  return { name, fingerprint, question, source, lock: null, hypotheses: toVerdictEntries(rows, checks) };
}

test('a document has effect, interval, both p, what could be seen, and the exit code of its worst outcome', () => {
  const document = toVerdictDocument([toEntry({}, { alternative: 'less' }, { treatment: 'nothing' })]);
  assert.deepEqual(verdictDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
  const [supported, contradicted, pending] = document.experiments[0]!.hypotheses;
  assert.equal(supported!.outcome, 'supported');
  assert.equal(supported!.compared, 'grpo above base in pass@1 on clean');
  assert.ok(supported!.interval!.low < supported!.effect! && supported!.effect! < supported!.interval!.high);
  assert.equal(supported!.interval!.level, 0.95);
  assert.ok(Math.abs(supported!.holmP! - 3 * supported!.p!) < 1e-12);
  assert.deepEqual(supported!.size, { bases: 3, runs: 6, problems: 40 });
  assert.deepEqual(
    [supported!.detectable!.power, supported!.detectable!.alpha, supported!.detectable!.effect > 0],
    [0.8, 0.05 / 3, true],
  );
  assert.deepEqual([contradicted!.outcome, contradicted!.reason], ['contradicted', null]);
  assert.deepEqual(
    [pending!.outcome, pending!.effect, pending!.p, pending!.reason],
    ['not-tested', null, null, 'there is no condition nothing'],
  );
  assert.deepEqual([document.outcome, document.exitCode], ['contradicted', 10]);
});

test('arms that did not spend alike are not tested, and what is not run is pending', () => {
  const entry = toEntry({ control: 'random-reward', equal: { unit: 'sampled-tokens' } });
  assert.deepEqual(
    [toVerdictDocument([entry]).outcome, toVerdictDocument([entry]).exitCode],
    ['not-tested', 13],
  );
  const declared = hypothesisSchema.parse({
    ...{ claim: 'c', treatment: 'a', control: 'b', metric: { name: 'step', metric: 'x_nats' } },
    ...{ alternative: 'noninferior', margin: { value: 0.1, unit: 'nats' }, reported: 'not-reported' },
  });
  const [waiting] = toPendingEntries([declared], 'not run here');
  assert.deepEqual([waiting!.outcome, waiting!.unit, waiting!.margin], ['pending', 'nats', 0.1]);
});

test('the schema refuses what the document does not have', () => {
  const document = toVerdictDocument([toEntry({})]);
  assert.ok(!verdictDocumentSchema.safeParse({ ...document, version: 2 }).success);
  assert.ok(!verdictDocumentSchema.safeParse({ ...document, outcome: 'inconclusive' }).success);
  assert.ok(!verdictDocumentSchema.safeParse({ ...document, more: 1 }).success);
});

test('by hand: several claims have Holm’s and Benjamini–Hochberg’s p over all of them beside those within each', () => {
  const one = toEntry({}, {});
  const withPs = (fingerprint: string, ...ps: readonly [number, number][]) => ({
    ...{ ...one, fingerprint },
    hypotheses: ps.map(([p, oppositeP], i) => ({ ...one.hypotheses[0]!, number: i + 1, p, oppositeP })),
  });
  const [a, b] = [withPs('a'.repeat(64), [0.01, 0.99], [0.04, 0.5]), withPs('b'.repeat(64), [0.03, 0.02])];
  const waiting = { ...toEntry({ treatment: 'nothing' }), fingerprint: 'c'.repeat(64) };
  const { experiments } = toVerdictDocument([a, waiting, b]);
  const overall = experiments.flatMap(({ hypotheses }) =>
    hypotheses.map((each) =>
      [each.holmOverallP, each.bhOverallP, each.oppositeHolmOverallP, each.oppositeBhOverallP].map((p) =>
        p === null ? null : Number(p.toFixed(9)),
      ),
    ),
  );
  // Of the claim .01 .03 .04: Holm 3·.01, 2·.03, .06; BH 3·.01, min(3/2·.03, .04), .04. Opposite .02 .5 .99: Holm 3·.02, 2·.5, 1; BH 3·.02, 3/2·.5, .99.
  assert.deepEqual(overall, [
    [0.03, 0.03, 1, 0.99],
    [0.06, 0.04, 1, 0.75],
    [null, null, null, null],
    [0.06, 0.04, 0.06, 0.06],
  ]);
  assert.equal(describeOverall(experiments[2]!.hypotheses[0]!), '; over all claims 0.060 (BH 0.040)');
  const [alone] = toVerdictDocument([a, waiting]).experiments;
  assert.deepEqual(
    [
      alone!.hypotheses[0]!.holmOverallP,
      alone!.hypotheses[0]!.bhOverallP,
      describeOverall(alone!.hypotheses[0]!),
    ],
    [null, null, ''],
  );
});
