import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { declareBaseExperiment, listDeclaredBases } from './base-experiment.ts';

test('seeds of a recipe are base seeds of one experiment, each with a run and a model of its own', () => {
  const [first, second] = [0, 1].map((seed) => declareBaseExperiment('contaminated', seed));
  assert.equal(first!.experiment.id, second!.experiment.id);
  assert.notEqual(first!.run.id, second!.run.id);
  assert.notEqual(first!.run.baseModelId, second!.run.baseModelId);
});

test('a card asks about leaks only where a source of the recipe leaks', () => {
  const evaluationOf = (name: string) =>
    declareBaseExperiment(name, 0).experiment.conditions[0]!.condition.evaluation;
  assert.equal(evaluationOf('contaminated').splits.contaminated, 32);
  assert.deepEqual(evaluationOf('decontaminated'), evaluationOf('contaminated'));
  assert.equal(evaluationOf('latent-strategy').splits.contaminated, undefined);
  assert.equal(evaluationOf('latent-strategy').probes['partial-prompt'], undefined);
});

test('every recipe is listed with a fingerprint of its own', () => {
  const listed = listDeclaredBases();
  assert.ok(listed.length >= 8);
  assert.equal(new Set(listed.map(({ recipeId }) => recipeId)).size, listed.length);
});

test('an unknown name is refused with the nearest', () => {
  assert.throws(
    () => declareBaseExperiment('techer', 0),
    (error: unknown) => error instanceof InvalidSpecError && /nearest is "teacher"/.test(error.message),
  );
});
