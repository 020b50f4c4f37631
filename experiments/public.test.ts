import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineClaim, defineExperiment, defineScheme } from './public.ts';
import { resolveExperiment } from './resolve/resolve.ts';

const own = defineScheme({
  name: 'graded-rloo',
  title: 'RLOO, graded',
  source: 'of the test',
  rewards: [{ component: 'graded' }],
  advantage: { baseline: 'leave-one-out', scale: 'none' },
});

function conditionsOf(scheme: Record<string, unknown>) {
  const experiment = defineExperiment({
    ...{ name: 'own', question: '?', task: { family: 'arithmetic' }, controls: [] },
    baseline: 'own',
    conditions: { own: { scheme } },
  });
  return resolveExperiment(experiment).conditions;
}

test('a declaration brings a scheme of its own, which is stored whole', () => {
  assert.deepEqual(conditionsOf(own)[0]!.condition.scheme, own);
});

test('a scheme under the name of a shipped one changes that one', () => {
  const changed = conditionsOf({ ...own, name: 'rloo' })[0]!.condition.scheme;
  assert.equal(changed.title, own.title);
  assert.notEqual(conditionsOf({ ...own, name: 'rloo' })[0]!.id, conditionsOf(own)[0]!.id);
});

test('half a scheme under a new name is no scheme', () => {
  assert.throws(() => conditionsOf({ name: 'graded-rloo', rewards: [{ component: 'graded' }] }), {
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
    // @ts-expect-error a baseline that does not exist
    defineScheme({ ...own, advantage: { baseline: 'median' } }),
  );
  // @ts-expect-error a claim without hypotheses
  assert.ok(defineClaim({ name: 'types' }));
});
