import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../config/canonical.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve.ts';

const tokens = (at: number) => ({ budget: { unit: 'sampled-tokens', at } });

const declaration = {
  name: 'demo',
  question: 'Does it work?',
  task: { family: 'arithmetic' },
  evaluation: { samplesPerProblem: 8 },
};

const atEqual = (unit: string) => ({
  claim: 'It works at equal spending.',
  treatment: 'treatment',
  control: 'control',
  metric: { name: 'pass@k', split: 'clean', k: 1 },
  alternative: 'greater',
  equal: { unit },
  reported: 'greater',
});

function resolve(unit: string, treatment: object, control: object): ResolvedExperiment {
  return resolveExperiment({
    ...declaration,
    conditions: { treatment: { scheme: 'grpo', ...treatment }, control: { scheme: 'dr-grpo', ...control } },
    hypotheses: [atEqual(unit)],
  });
}

test('arms with the same budget of the unit may be compared at equal spending', () => {
  const { hypotheses } = resolve('sampled-tokens', { training: tokens(1000) }, { training: tokens(1000) });
  assert.deepEqual(hypotheses[0]!.equal, { unit: 'sampled-tokens', tolerance: 0.05 });
});

test('arms without a common budget of the unit are refused, and both are told', () => {
  assert.throws(() => resolve('sampled-tokens', { training: tokens(1000) }, { training: { steps: 9 } }), {
    name: 'InvalidSpecError',
    message:
      /hypotheses\.0\.equal\.unit: sampled-tokens are to be equal, but treatment has 1000 sampled-tokens and control has no budget, 9 steps; give both the same training\.budget of sampled-tokens/,
  });
  assert.throws(() => resolve('flops', { training: tokens(1000) }, { training: tokens(1000) }), {
    message: /flops are to be equal/,
  });
  assert.throws(() => resolve('sampled-tokens', { training: tokens(1000) }, { training: tokens(1001) }), {
    message: /treatment has 1000 sampled-tokens and control has 1001 sampled-tokens/,
  });
});

test('as many steps and prompts imply as many labels, unless one arm reads none or samples in rounds', () => {
  assert.equal(resolve('labels', {}, {}).hypotheses.length, 1);
  assert.throws(() => resolve('labels', {}, { training: { promptsPerStep: 8 } }), {
    name: 'InvalidSpecError',
  });
  assert.throws(() => resolve('labels', {}, { scheme: 'random-reward' }), { name: 'InvalidSpecError' });
  assert.throws(() => resolve('labels', {}, { scheme: 'dapo' }), { name: 'InvalidSpecError' });
  assert.throws(() => resolve('flops', {}, {}), { name: 'InvalidSpecError' });
});

test('labels are those of a run and of all that it takes from, each counted once', () => {
  const training = (steps: number) => ({ training: { steps, promptsPerStep: 4, groupSize: 4 } });
  const from = (run: string) => ({ from: 'run', run });
  const declare = (control: object) => () =>
    resolveExperiment({
      ...declaration,
      conditions: {
        taught: { scheme: 'grpo', ...training(6) },
        sampled: { collect: 'rollouts', models: { policy: from('taught') } },
        warm: {
          scheme: 'gkd',
          data: { from: 'dataset', run: 'sampled' },
          models: { teacher: from('taught') },
        },
        treatment: { scheme: 'gkd', models: { policy: from('warm'), teacher: from('taught') } },
        control,
      },
      hypotheses: [atEqual('labels')],
    });
  assert.equal(declare({ scheme: 'dr-grpo', ...training(6) })().hypotheses.length, 1);
  const budget = { unit: 'labels', at: 21 };
  assert.equal(
    declare({ scheme: 'dr-grpo', training: { ...training(9).training, budget } })().hypotheses.length,
    1,
  );
  // Solutions are of a problem each, groups of one prompt.
  const solutions = { scheme: 'distillation', data: { from: 'task' } };
  assert.equal(
    declare({ ...solutions, training: { steps: 3, promptsPerStep: 2, groupSize: 4 } })().hypotheses.length,
    1,
  );
  assert.throws(declare({ scheme: 'dr-grpo', ...training(5) }), {
    name: 'InvalidSpecError',
    message: /those of the runs that they take from included \(found 24 and 20\)/,
  });
});

test('a condition without a budget says nothing of one, so its fingerprint is what it was', () => {
  const { conditions } = resolve('labels', {}, {});
  for (const { condition } of conditions) assert.doesNotMatch(canonicalJson(condition), /budget/);
});

test('an unknown unit and an amount that is not positive are refused with their place', () => {
  assert.throws(() => resolve('labels', { training: { budget: { unit: 'seconds', at: 1 } } }, {}), {
    message: /training\.budget\.unit/,
  });
  assert.throws(() => resolve('labels', { training: { budget: { unit: 'labels', at: 0 } } }, {}), {
    message: /training\.budget\.at/,
  });
});
