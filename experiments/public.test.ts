import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scheme } from '../config/scheme.ts';
import { defineClaim, defineExperiment, defineScheme, interaction, trend, type Contrast } from './public.ts';
import { resolveExperiment } from './resolve/resolve.ts';

const own = defineScheme({
  name: 'graded-rloo',
  title: 'RLOO, graded',
  source: 'of the test',
  rewards: ['graded'],
  comparisons: [{ name: 'group', options: { baseline: 'others' } }],
});

function conditionsOf(scheme: Record<string, unknown>) {
  const experiment = defineExperiment({
    ...{ name: 'own', question: '?', task: { family: 'arithmetic' }, controls: [] },
    baseline: 'own',
    conditions: { own: { scheme } },
  });
  return resolveExperiment(experiment).conditions;
}

test('a declaration brings a scheme of its own, which is stored whole, every option of its parts filled in', () => {
  const { scheme } = conditionsOf(own)[0]!.condition;
  const rest = ({ rewards: _rewards, comparisons: _comparisons, objective: _objective, ...others }: Scheme) =>
    others;
  assert.deepEqual(rest(scheme), rest(own));
  assert.deepEqual(scheme.comparisons, [
    { name: 'group', weight: 1, options: { baseline: 'others', scale: 'group' } },
  ]);
  const [graded] = scheme.rewards;
  assert.deepEqual([graded!.name, graded!.weight], ['graded', 1]);
  assert.ok(Object.keys(graded!.options).length > 0);
  const clipped = { ratioLevel: 'token', epsilonLow: 0.2, epsilonHigh: 0.2, delta: null };
  assert.deepEqual(scheme.objective, [{ name: 'clipped', weight: 1, options: clipped }]);
});

test('what a declaration leaves out of a part is the same as its default', () => {
  const spelt = { name: 'group', options: { baseline: 'others', scale: 'group' } };
  assert.equal(conditionsOf({ ...own, comparisons: [spelt] })[0]!.id, conditionsOf(own)[0]!.id);
});

test('a scheme under the name of a shipped one changes that one', () => {
  const changed = conditionsOf({ ...own, name: 'rloo' })[0]!.condition.scheme;
  assert.equal(changed.title, own.title);
  assert.notEqual(conditionsOf({ ...own, name: 'rloo' })[0]!.id, conditionsOf(own)[0]!.id);
});

test('half a scheme under a new name is no scheme', () => {
  assert.throws(() => conditionsOf({ name: 'graded-rloo', rewards: ['graded'] }), {
    name: 'InvalidSpecError',
    message: /there is no scheme "graded-rloo"/,
  });
});

test('what a declaration may not say is a type error', () => {
  const base = { name: 'types', question: '?', task: { family: 'arithmetic' } } as const;
  // @ts-expect-error a misspelt key
  defineExperiment({ ...base, conditions: {}, trainning: { steps: 3 } });
  // @ts-expect-error a number where a name belongs
  defineExperiment({ ...base, conditions: { a: { scheme: 7 } } });
  assert.throws(() =>
    // @ts-expect-error an aggregation that does not exist
    defineScheme({ ...own, aggregation: 'median' }),
  );
  const contrast: Contrast = interaction('a', 'b', 'c', 'd');
  assert.ok(contrast);
  // @ts-expect-error a difference in differences of three conditions
  assert.ok(interaction('a', 'b', 'c'));
  // @ts-expect-error no trend leads through a single condition
  assert.throws(() => trend(['a']));
  const hypothesis = { claim: 'It works.', metric: { name: 'pass@k', split: 'clean', k: 1 } } as const;
  defineExperiment({
    ...{ ...base, conditions: {} },
    hypotheses: [
      { ...hypothesis, contrast: trend(['a', 'b', 'c']), alternative: 'greater', reported: 'greater' },
      // @ts-expect-error an interest without its unit
      { ...hypothesis, contrast, interest: { value: 1 }, alternative: 'greater', reported: 'greater' },
    ],
    // @ts-expect-error a kind of check that does not exist
    checks: { control: { kind: 'negative-control', says: 'x', treatment: 'a', metric: hypothesis.metric } },
  });
  // @ts-expect-error a claim without hypotheses
  assert.ok(defineClaim({ name: 'types' }));
});
