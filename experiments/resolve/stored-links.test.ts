import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveExperiment } from './resolve.ts';
import { readStoredCondition, readStoredPlan } from '../../config/stored-condition.ts';

const [grpo] = resolveExperiment({
  name: 'stored',
  question: '?',
  task: { family: 'arithmetic' },
  base: 'boundary',
  controls: [],
  baseline: 'grpo',
  training: { pool: 16 },
  evaluation: { splits: { clean: 8 } },
  conditions: { grpo: {} },
}).conditions;

/** A condition as versions before chains of runs stored it. */
function earlier({ examples = null, teacher = null }: { examples?: object | null; teacher?: object | null }) {
  const { condition } = grpo!;
  return {
    ...condition,
    scheme: { ...condition.scheme, behavior: teacher === null ? 'policy' : 'teacher' },
    training: { ...condition.training, examples },
    teacher,
  };
}

test('a condition that takes nothing from other runs is today’s', () => {
  assert.deepEqual(readStoredCondition(earlier({})), grpo!.condition);
  const plan = { runId: 'r', seed: 0, condition: earlier({}), examples: null };
  assert.deepEqual(readStoredPlan(plan).inputs, {});
});

test('ranked examples and a teacher of an earlier version can be read, and nothing be added to what they recorded', () => {
  const ranked = earlier({ examples: { from: 'full', count: 2, order: 'lowest-variance' } });
  assert.deepEqual(readStoredCondition(ranked).data, {
    ...{ from: 'dataset', run: 'of an earlier version, full', take: 2, pick: 'last' },
  });
  for (const condition of [ranked, earlier({ teacher: { name: 'teacher' } })]) {
    assert.equal(readStoredCondition(condition).data?.from, 'dataset');
    assert.throws(() => readStoredPlan({ runId: 'r', seed: 0, condition, examples: [3] }), {
      name: 'StoredConditionError',
      message: /launch its declaration anew/,
    });
  }
});

test('rows counted from the last are picked as such', () => {
  const read = (data: object) => readStoredCondition({ ...grpo!.condition, data }).data;
  const link = { from: 'dataset', run: 'ranked', take: 1 };
  assert.deepEqual(read({ ...link, isReversed: true }), { ...link, pick: 'last' });
  assert.deepEqual(read({ ...link, isReversed: false }), link);
  assert.deepEqual(read(link), link);
});
