import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extendExperiment, limitBases, listUnchanged } from './extend.ts';
import { planRuns } from '../plan-runs.ts';
import { resolveExperiment } from './resolve.ts';

const declared = {
  name: 'demo',
  question: 'Does it extend?',
  task: { family: 'arithmetic', operations: 2 },
  controls: ['base'],
  conditions: { grpo: {}, decaying: { training: { optimizer: { schedule: 'cosine' } } } },
  training: { steps: 5 },
  seeds: 2,
};

test('seeds and base models join the experiment, and asking twice adds nothing', () => {
  const stored = resolveExperiment(declared);
  const { experiment, continued } = extendExperiment(stored, { seeds: 3, bases: 2 });
  assert.equal(experiment.id, stored.id);
  assert.deepEqual(experiment.seeds, [0, 1, 2]);
  assert.equal(planRuns(experiment).length, 3 * 3 * 2);
  const known = new Set(planRuns(stored).map(({ id }) => id));
  assert.equal(planRuns(experiment).filter(({ id }) => known.has(id)).length, known.size);
  assert.equal(continued.size, 0);
  assert.deepEqual(extendExperiment(experiment, { seeds: 3, bases: 2 }).experiment, experiment);
});

test('an experiment that is limited to its first bases is the same one, and extending it gives all of it back', () => {
  const whole = resolveExperiment({ ...declared, bases: 4 });
  const first = limitBases(whole, [0, 1]);
  assert.equal(first.id, whole.id);
  assert.equal(planRuns(first).length, planRuns(whole).length / 2);
  assert.deepEqual(extendExperiment(first, { bases: 4 }).experiment, whole);
});

test('a list of seeds is added, and what is there stays', () => {
  const stored = resolveExperiment(declared);
  assert.deepEqual(extendExperiment(stored, { seeds: [7, 1] }).experiment.seeds, [0, 1, 7]);
});

test('fewer than there are is refused, as many is said, each with what to write', () => {
  const stored = resolveExperiment(declared);
  assert.throws(
    () => extendExperiment(stored, { seeds: 1 }),
    /^InvalidSpecError: --seeds: found 1, but there are 2 already \(0, 1\), and none is taken away; write how many there shall be in all, --seeds 3 or more, or a list to add$/,
  );
  assert.throws(
    () => extendExperiment(resolveExperiment({ ...declared, bases: 3 }), { bases: 2 }),
    /^InvalidSpecError: --bases: found 2, but there are 3 already \(0, 1, 2\)/,
  );
  assert.deepEqual(listUnchanged(stored, { seeds: 2, bases: 2 }), [
    '--seeds adds nothing: there are 2 already (0, 1); --seeds 3 would add one',
  ]);
  assert.deepEqual(listUnchanged(stored, { seeds: [1, 7], bases: [0] }), [
    '--bases adds nothing: there are 1 already (0); --bases 2 would add one',
  ]);
});

test('more steps make the experiment that declares them, which continues all but decaying learning rates', () => {
  const stored = resolveExperiment(declared);
  const longer = resolveExperiment({ ...declared, training: { steps: 9 } });
  const extended = extendExperiment(stored, { steps: 9 });
  assert.deepEqual(extended.experiment, longer);
  const idOf = (experiment: typeof stored, name: string): string =>
    experiment.conditions.find((condition) => condition.name === name)!.id;
  assert.deepEqual([...extended.continued], [[idOf(longer, 'grpo'), idOf(stored, 'grpo')]]);
  assert.deepEqual(
    extended.recomputed.map(({ name }) => name),
    ['decaying'],
  );
  assert.equal(idOf(longer, 'base'), idOf(stored, 'base'), 'the untrained control has no steps to add');
});

test('fewer or as many steps are refused', () => {
  const stored = resolveExperiment(declared);
  assert.throws(() => extendExperiment(stored, { steps: 5 }), /--steps: found 5, expected more than the 5/);
});
