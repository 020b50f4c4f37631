import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { decideHypotheses } from './decide-hypothesis.ts';
import { weighHypothesis, type HypothesisEvidence, type HypothesisInput } from './weigh-hypothesis.ts';

const close = (found: number, expected: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

/** One number per run, a base each. */
function weigh(effects: readonly number[], input: Partial<HypothesisInput>): HypothesisEvidence {
  return weighHypothesis({
    differences: effects.map((value) => [value]),
    bases: effects.map((_, base) => base),
    claim: 'greater',
    margin: 0,
    interest: null,
    hypotheses: 1,
    resamples: 500,
    generator: createGenerator(deriveStream(1, 'evidence')),
    level: 0.95,
    ...input,
  })!;
}

/** Upper tail of t with two degrees of freedom. */
const tailOf2 = (t: number): number => 0.5 * (1 - t / Math.sqrt(t * t + 2));

test('a precise null is no effect of interest, an imprecise one is underpowered, and without an interest nothing is said', () => {
  const verdictOf = (effects: readonly number[], interest: number | null): string =>
    decideHypotheses([weigh(effects, { interest })])[0]!.verdict;
  const precise = [0.002, -0.001, 0.001, -0.002, 0.001];
  assert.equal(verdictOf(precise, 0.03), 'no-effect');
  assert.equal(verdictOf(precise, null), 'underpowered');
  assert.equal(verdictOf([0.09, -0.08, 0.05, -0.06, 0.01], 0.03), 'underpowered');
  // Small and shown: the direction comes before the size.
  assert.equal(verdictOf([0.012, 0.011, 0.013, 0.012, 0.012], 0.03), 'supported');
  assert.equal(verdictOf([-0.012, -0.011, -0.013, -0.012, -0.012], 0.03), 'contradicted');
});

test('the p of no effect is the larger of two one-sided ones, by hand', () => {
  // Mean 0.1, error 0.1/√3: 0.5 above −0.4 makes t = 5√3, and 0.3 below 0.4 makes t = 3√3.
  const found = weigh([0, 0.1, 0.2], { interest: 0.4 });
  close(found.noEffectP!, Math.max(tailOf2(5 * Math.sqrt(3)), tailOf2(3 * Math.sqrt(3))));
});

test('no effect is corrected over the hypotheses that declare an interest, not over the others', () => {
  const p = (noEffectP: number | null) => ({ supportP: 0.5, contradictP: 0.5, noEffectP });
  const decided = decideHypotheses([p(0.02), p(null), p(0.04), p(null)]);
  assert.deepEqual(
    decided.map(({ verdict, holmNoEffectP }) => [verdict, holmNoEffectP]),
    [
      ['no-effect', 0.04],
      ['underpowered', null],
      ['no-effect', 0.04],
      ['underpowered', null],
    ],
  );
  const strict = decideHypotheses([p(0.03), p(0.04)]);
  assert.deepEqual(
    strict.map(({ verdict }) => verdict),
    ['underpowered', 'underpowered'],
  );
});

test('Benjamini and Hochberg’s p stands beside Holm’s and is never larger', () => {
  const p = (supportP: number) => ({ supportP, contradictP: 1, noEffectP: null });
  const decided = decideHypotheses([p(0.01), p(0.02), p(0.03)]);
  close(decided[1]!.holmSupportP, 0.04);
  close(decided[1]!.bhSupportP, 0.03);
});

test('a margin that is a share of a positive control counts its uncertainty: both bounds are linear contrasts', () => {
  // δ = .1, 0, −.1; θ = 1, 1.2, .8; f = .25. δ − fθ = −.15, −.3, −.3: mean −.25, error .05.
  // δ + fθ = .35, .3, .1: mean .25, squares .035, error √(.0175/3).
  const effects = [[1], [1.2], [0.8]];
  const found = weigh([0.1, 0, -0.1], { claim: 'equivalent', margin: { share: 0.25, effects } });
  close(found.margin, 0.25);
  close(found.supportP, Math.max(tailOf2(5), tailOf2(0.25 / Math.sqrt(0.0175 / 3))));
  const known = weigh([0.1, 0, -0.1], { claim: 'equivalent', margin: 0.25 });
  assert.ok(known.supportP < found.supportP, 'the same margin, known without error, is easier to pass');
  close(known.supportP, tailOf2(0.25 / (0.1 / Math.sqrt(3))));
  const noninferior = weigh([0.1, 0, -0.1], { claim: 'noninferior', margin: { share: 0.25, effects } });
  close(noninferior.supportP, tailOf2(0.25 / Math.sqrt(0.0175 / 3)));
  close(noninferior.effect, 0);
});

test('what can be detected at Holm’s level is more than at the level of one hypothesis', () => {
  const effects = [0.1, 0, -0.1];
  const one = weigh(effects, {});
  assert.equal(one.detectableAtHolm, one.detectable);
  // Quantiles of t with 2 degrees of freedom: t(.95) = 2.919986, t(.99) = 6.964557, t(.80) = 1.060660.
  const error = 0.1 / Math.sqrt(3);
  close(one.detectable!, (2.919986 + 1.06066) * error);
  close(weigh(effects, { hypotheses: 5 }).detectableAtHolm!, (6.964557 + 1.06066) * error);
});
