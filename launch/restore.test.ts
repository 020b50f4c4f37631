import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalJson } from '../config/canonical.ts';
import { checkSchema } from '../config/check.ts';
import { registerExperiment } from '../db/queries/experiments.ts';
import { listRuns } from '../db/queries/runs.ts';
import { openDatabase } from '../db/store/connection.ts';
import { experimentIdOf, resolveExperiment } from '../experiments/resolve/resolve.ts';
import { extendExperiment } from '../experiments/resolve/extend.ts';
import { registerMatrix } from './register.ts';
import { restoreExperiment } from './restore.ts';

const today = resolveExperiment({
  name: 'demo',
  question: 'Does a store of an earlier version go on?',
  task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
  controls: ['base'],
  conditions: { grpo: {} },
  training: { steps: 2 },
  evaluation: { splits: { clean: 4, contaminated: 8, knowledge: 5 } },
  base: {
    sources: [
      { name: 'facts', share: 0.1, options: { count: 5 } },
      { name: 'solutions', options: { formats: { direct: 1 } } },
    ],
    stages: [
      { name: 'leak', steps: 20, sources: [{ name: 'planted', share: 0.3, options: { problems: 8 } }] },
    ],
  },
  seeds: 1,
});

const leak = { problems: 8, isPlanted: true, steps: 20, share: 0.3, format: 'direct', learningRate: 1e-3 };

/** Settings as a version before the sources stored them. */
function toFormerSettings({ condition }: (typeof today.conditions)[number]): string {
  const { sources: _, stages: __, ...kept } = condition.base;
  const base = { ...kept, facts: 5, factShare: 0.1, formats: { direct: 1 }, leak };
  return canonicalJson({ ...condition, base });
}

test('a stored matrix of an earlier version is read as it is meant, and keeps its rows and ids when it goes on', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-restore-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const db = openDatabase(join(directory, 'assay.db'));
  const { name, question, baseline, source } = today;
  const formerIds = today.conditions.map((condition) => ({ ...condition, id: `former-${condition.name}` }));
  const id = experimentIdOf({ ...today, conditions: formerIds });
  registerExperiment(db, {
    experiment: { id, name, question, baseline, source, hypotheses: '[]', checks: '{}' },
    conditions: today.conditions.map((condition, position) => ({
      id: `former-${condition.name}`,
      name: condition.name,
      position,
      isControl: condition.isControl,
      settings: toFormerSettings(condition),
    })),
    runs: today.conditions.map((condition) => ({
      id: `${id.slice(0, 12)}/${condition.name}/base-0/seed-0`,
      conditionId: `former-${condition.name}`,
      ...{
        baseSeed: 0,
        baseModelId: 'former-base',
        seed: 0,
        streamSeed: 7,
        totalSteps: condition.condition.training.steps,
      },
    })),
  });
  const rows = listRuns(db, id);

  const restored = restoreExperiment(db, 'demo');
  assert.deepEqual(
    restored.conditions.map(({ condition }) => condition),
    today.conditions.map(({ condition }) => condition),
  );
  const launch = { sources: 'x', mixedSources: true };
  registerMatrix(db, restored, launch);
  assert.deepEqual(listRuns(db, id), rows);

  registerMatrix(db, extendExperiment(restored, { seeds: 2 }).experiment, launch);
  assert.deepEqual(
    listRuns(db, id).map(({ baseModelId }) => baseModelId),
    Array(4).fill('former-base'),
  );

  const longer = extendExperiment(restored, { steps: 5 }).experiment;
  const planned = registerMatrix(db, longer, launch);
  assert.ok(planned.every(({ baseModelId }) => baseModelId === 'former-base'));
});

test('what must hold first is stored with the matrix and read back with its identity', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-restore-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const db = openDatabase(join(directory, 'assay.db'));
  const level = checkSchema.parse({
    ...{ kind: 'manipulation', says: 'The base answers.', treatment: 'base', alternative: 'greater' },
    metric: { name: 'pass@k', split: 'clean', k: 1 },
    bound: { value: 0.1, unit: 'fraction' },
  });
  const checks = { level };
  const id = experimentIdOf({ ...today, checks });
  registerMatrix(db, { ...today, checks, id }, { sources: 'x', mixedSources: true });
  const restored = restoreExperiment(db, id);
  assert.deepEqual(restored.checks, checks);
  assert.equal(experimentIdOf(restored), id);
});
