import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSchema } from './check.ts';
import { interaction, trend } from './contrast.ts';
import { hypothesisSchema, listTerms } from './hypothesis.ts';
import { parseSpec } from './invalid-spec-error.ts';

const metric = { name: 'pass@k', split: 'clean', k: 1 } as const;
const rest = { claim: 'It works.', metric, alternative: 'greater', reported: 'greater' };

/** What is wrong with the declaration; 'no fault'. */
function faultOf(declared: object): string {
  try {
    parseSpec(hypothesisSchema, { ...rest, ...declared }, 'hypotheses.0');
    return 'no fault';
  } catch (error) {
    return (error as Error).message;
  }
}

test('an interaction weighs a difference against another, and what stands in both cancels', () => {
  assert.deepEqual(interaction('a', 'b', 'c', 'd'), { a: 1, b: -1, c: -1, d: 1 });
  assert.deepEqual(interaction('a', 'base', 'c', 'base'), { a: 1, c: -1 });
});

test('a trend is the least-squares slope per step or per unit of the axis', () => {
  assert.deepEqual(trend(['a', 'b']), { a: -1, b: 1 });
  assert.deepEqual(trend(['a', 'b', 'c']), { a: -0.5, c: 0.5 });
  // x − 1.5 over Σ = 5.
  assert.deepEqual(trend(['a', 'b', 'c', 'd']), { a: -0.3, b: -0.1, c: 0.1, d: 0.3 });
  const shares = trend(['a', 'b', 'c'], [0.3, 0.5, 0.7]);
  assert.deepEqual(Object.keys(shares), ['a', 'c']);
  assert.ok(Math.abs(shares['c']! - 2.5) < 1e-12 && Math.abs(shares['a']! + 2.5) < 1e-12);
  assert.throws(() => trend(['a', 'b'], [1]), /found 1 positions of 2 conditions/);
  assert.throws(() => trend(['a', 'b'], [1, 1]), /all positions are the same/);
});

test('weights sum to 0 and weigh at least two conditions', () => {
  assert.equal(faultOf({ contrast: trend(['a', 'b', 'c', 'd']) }), 'no fault');
  assert.match(faultOf({ contrast: { a: 1, b: -0.5 } }), /^hypotheses\.0\.contrast: .*sum to 0/);
  assert.match(faultOf({ contrast: { a: 0 } }), /weighs at least two conditions/);
});

test('a hypothesis has a treatment and a control, or a contrast in their place', () => {
  assert.equal(faultOf({ treatment: 'a', control: 'b' }), 'no fault');
  assert.match(faultOf({ treatment: 'a' }), /hypotheses\.0\.control: name a condition, or give a contrast/);
  assert.match(faultOf({}), /hypotheses\.0\.treatment: name a condition, or give a contrast/);
  assert.match(
    faultOf({ treatment: 'a', contrast: { a: 1, b: -1 } }),
    /hypotheses\.0\.treatment: a contrast stands in its place/,
  );
  assert.match(
    faultOf({ contrast: { a: 1, b: -1 }, metrics: { c: metric } }),
    /hypotheses\.0\.metrics\.c: the contrast does not weigh it/,
  );
});

test('a check may look at a level, which has no control', () => {
  const check = checkSchema.parse({
    kind: 'manipulation',
    says: 'The bonus keeps entropy up.',
    treatment: 'bonus',
    metric: { name: 'step', metric: 'rollout/entropy_nats' },
    alternative: 'greater',
    bound: { value: 0.1, unit: 'nats' },
  });
  assert.deepEqual(
    listTerms(check).map(({ condition, weight }) => [condition, weight]),
    [['bonus', 1]],
  );
});

test('the terms of a comparison carry their own metric and the place that declares it', () => {
  const passAt2 = { ...metric, k: 2 } as const;
  const terms = listTerms({ contrast: { a: 1, b: 0, c: -1 }, metric, metrics: { c: passAt2 } });
  assert.deepEqual(terms, [
    { condition: 'a', weight: 1, metric, place: 'contrast.a', metricPlace: 'metric' },
    { condition: 'c', weight: -1, metric: passAt2, place: 'contrast.c', metricPlace: 'metrics.c' },
  ]);
});
