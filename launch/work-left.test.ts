import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunPosition } from '../db/queries/progress.ts';
import { resolveExperiment } from '../experiments/resolve/resolve.ts';
import { toWorkState } from './work-left.ts';

const experiment = resolveExperiment({
  name: 'demo',
  question: 'How much is left?',
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  base: { steps: 10, documentsPerStep: 8, stages: [] },
  controls: ['base', 'base-best-temperature'],
  conditions: { grpo: {} },
  training: { steps: 4, promptsPerStep: 2, groupSize: 4 },
  evaluation: { splits: { clean: 5 }, samplesPerProblem: 6, every: 2, devProblems: 3, devSamples: 2 },
  seeds: 1,
});

function position(conditionName: string, at: Partial<RunPosition>): RunPosition {
  return {
    ...{ runId: conditionName, conditionName, baseModelId: 'b', baseSeed: 0, seed: 0, status: 'pending' },
    ...{ totalSteps: conditionName === 'grpo' ? 4 : 0, doneSteps: 0, evaluated: 0 },
    ...{ failureType: null, failureMessage: null, reward: null, correct: null },
    ...at,
  };
}

const moment = { awaited: new Set<string>(), fractions: [], trainWorkers: 2 };

test('while the base model is made, its documents are what is done, and all runs are left', () => {
  const runs = ['base', 'base-best-temperature', 'grpo'].map((name) => position(name, {}));
  const state = toWorkState(experiment, {
    ...{ ...moment, runs, awaited: new Set(['b']) },
    fractions: [{ baseModelId: 'b', fraction: 0.25 }],
  });
  assert.deepEqual(state.done, { documents: 20, rollouts: 0, completions: 0 });
  // Final evaluations of 5 × 6; four temperatures of 16 × 3; grpo's dev evaluation after step 2, not after the last.
  const grid = 4 * 16 * 3;
  assert.deepEqual(state.left, { documents: 60, rollouts: 4 * 8, completions: 3 * 30 + grid + 6 });
  assert.deepEqual(state.longestRun, { documents: 0, rollouts: 0, completions: 30 + grid });
  assert.deepEqual([state.bases, state.busy], [1, 1]);
});

test('a run under way has done its steps, the dev evaluations among them, and a part of its final evaluation', () => {
  const grpo = position('grpo', { status: 'running', doneSteps: 3 });
  const state = toWorkState(experiment, { ...moment, runs: [grpo] });
  assert.deepEqual(state.done, { documents: 80, rollouts: 24, completions: 6 });
  assert.deepEqual(state.left, { documents: 0, rollouts: 8, completions: 30 });
  const evaluating = { ...grpo, doneSteps: 4, evaluated: 2 };
  const later = toWorkState(experiment, { ...moment, runs: [evaluating] });
  assert.deepEqual(later.done, { documents: 80, rollouts: 32, completions: 6 + 12 });
});

test('nothing is left of a run that ended, however it did', () => {
  const runs = [
    position('base', { status: 'completed' }),
    position('grpo', { status: 'failed', doneSteps: 1 }),
  ];
  const state = toWorkState(experiment, { ...moment, runs });
  assert.deepEqual(state.left, { documents: 0, rollouts: 0, completions: 0 });
  assert.deepEqual(state.done, { documents: 80, rollouts: 8, completions: 30 });
  assert.equal(state.busy, 0);
});
