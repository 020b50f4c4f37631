import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRuns } from '../../experiments/plan-runs.ts';
import { resolveExperiment } from '../../experiments/resolve/resolve.ts';
import { LOWEST_RUN_SEED } from '../../random/run-seed.ts';
import {
  addressOf,
  evaluationProblems,
  openRunContext,
  trainProblems,
  type RunContext,
} from './run-context.ts';

function contextsOf(training: { readonly pool?: number }): ReadonlyMap<string, RunContext> {
  const experiment = resolveExperiment({
    ...{ name: 'draws', question: '?', task: { family: 'arithmetic' }, base: 'boundary', controls: ['base'] },
    training: { steps: 2, promptsPerStep: 8, ...training },
    ...{
      evaluation: { splits: { clean: 8 } },
      bases: 2,
      seeds: 2,
      conditions: { grpo: {}, rloo: { scheme: 'rloo' } },
    },
  });
  const conditions = new Map(experiment.conditions.map(({ name, condition }) => [name, condition]));
  return new Map(
    planRuns(experiment).map((run) => {
      const condition = conditions.get(run.conditionName)!;
      const own = { ...condition, base: { ...condition.base, seed: run.baseSeed } };
      const context = openRunContext({
        ...{ runId: run.id, experimentId: experiment.id, conditionName: run.conditionName, inputs: {} },
        ...{ seed: run.streamSeed, baseModelId: run.baseModelId, condition: own },
      });
      return [`${run.conditionName} ${run.baseSeed} ${run.seed}`, context];
    }),
  );
}

const keysOf = (context: RunContext): string[] =>
  trainProblems(context, { step: 1, round: 0 }).map(({ key }) => key);

for (const [kind, training] of [
  ['fresh problems', {}],
  ['problems of a pool', { pool: 16 }],
] as const) {
  test(`arms of a base seed and RL seed meet the same ${kind}, other bases and seeds others`, () => {
    const contexts = contextsOf(training);
    const keys = (name: string) => keysOf(contexts.get(name)!);
    assert.deepEqual(keys('grpo 0 0'), keys('rloo 0 0'));
    assert.deepEqual(keys('grpo 1 1'), keys('rloo 1 1'));
    const others = ['grpo 0 0', 'grpo 0 1', 'grpo 1 0', 'grpo 1 1'].map((name) => keys(name).join());
    assert.equal(new Set(others).size, 4);
  });
}

test('all runs answer the same evaluation problems, and each the pool that it trains on', () => {
  const contexts = contextsOf({ pool: 16 });
  const [first, second] = ['grpo 0 0', 'grpo 1 0'].map((name) => contexts.get(name)!);
  const evaluated = (context: RunContext, split: 'clean' | 'pool') =>
    evaluationProblems(context, { split, from: 0, to: 16 }).map(({ key }) => key);
  assert.deepEqual(evaluated(first!, 'clean'), evaluated(second!, 'clean'));
  assert.deepEqual(keysOf(first!), evaluated(first!, 'pool').slice(8));
  assert.notDeepEqual(evaluated(first!, 'pool'), evaluated(second!, 'pool'));
});

test('no training prompt is of a stream that a corpus draws from', () => {
  for (const training of [{}, { pool: 16 }])
    for (const { plan } of contextsOf(training).values())
      for (let position = 0; position < 8; position += 1) {
        const { seed } = addressOf(plan, { step: 0, round: 0, position });
        assert.ok(seed >= LOWEST_RUN_SEED && seed !== plan.condition.base.seed);
      }
});
