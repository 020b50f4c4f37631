import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { loadExperiment } from './load.ts';
import { planRuns } from '../plan-runs.ts';
import { resolveExperiment } from './resolve.ts';

const declared = {
  name: 'demo',
  question: 'Does it work?',
  task: { family: 'arithmetic' },
  conditions: { grpo: {} },
};

function faultsOf(overrides: object): string {
  try {
    resolveExperiment({ ...declared, ...overrides });
  } catch (error) {
    assert.ok(error instanceof InvalidSpecError, String(error));
    return error.message;
  }
  return 'no fault';
}

test('a matrix resolves to runs whose ids come from its content', () => {
  const experiment = resolveExperiment(declared);
  assert.deepEqual(
    experiment.conditions.map(({ name }) => name),
    ['base', 'random-reward', 'grpo'],
  );
  assert.equal(planRuns(experiment).length, 9);
  assert.equal(resolveExperiment(declared).id, experiment.id);
  assert.equal(resolveExperiment({ ...declared, seeds: 5 }).id, experiment.id, 'seeds extend a matrix');
  assert.notEqual(resolveExperiment({ ...declared, training: { steps: 61 } }).id, experiment.id);
  const base = experiment.conditions[0]!;
  const longer = resolveExperiment({ ...declared, training: { steps: 61 } }).conditions[0]!;
  assert.equal(longer.id, base.id, 'how others train does not change the untrained arm');
});

test('faults name their place, what was found and what was expected, before any compute', () => {
  assert.match(
    faultsOf({ traning: {} }),
    /traning: unknown key "traning"; the nearest valid key is "training"/,
  );
  assert.match(
    faultsOf({ conditions: { a: { scheme: 'gpro' } } }),
    /conditions\.a\.scheme: .*nearest is "grpo"/,
  );
  assert.match(
    faultsOf({ conditions: { a: { scheme: { name: 'grpo', aggregatoin: 'dapo' } } } }),
    /scheme\.aggregatoin: unknown key .*nearest valid key is "aggregation"/,
  );
  assert.match(faultsOf({ baseline: 'bsae' }), /baseline: found "bsae", expected one of base/);
  assert.match(faultsOf({ conditions: { a: {}, b: {} } }), /conditions\.b: the same as conditions\.a/);
  assert.match(
    faultsOf({ evaluation: { splits: { contaminated: 64 } } }),
    /contaminated: found 64 problems, but base\.stages\.0\.sources\.0 \(planted\) teaches only 32/,
  );
  assert.match(
    faultsOf({ evaluation: { splits: { knowledge: 500 } } }),
    /knowledge: found 500 problems, but base\.sources\.0 \(facts\) teaches only 200/,
  );
  assert.match(
    faultsOf({ base: { sources: [{ name: 'solutions', options: { formats: { prose: 1 } } }] } }),
    /base\.sources\.0\.options\.formats: found prose; the formats of task arithmetic/,
  );
  assert.match(
    faultsOf({ training: { groupSize: 1 } }),
    /scheme\.comparisons\.0: .* training\.groupSize needs to be at least 2; found 1/,
  );
  assert.match(faultsOf({ task: { family: 'arithmetik' } }), /no task "arithmetik"/);
  assert.match(faultsOf({ base: { architecture: { maxPositions: 20 } } }), /maxPositions: found 20/);
  assert.match(
    faultsOf({ conditions: { a: { scheme: { name: 'grpo', rewards: ['verifyer'] } } } }),
    /scheme\.rewards\.0: there is no reward "verifyer"/,
  );
  assert.match(
    faultsOf({
      conditions: { a: { scheme: { name: 'grpo', rewards: ['verifier', { name: 'verifier', weight: 2 }] } } },
    }),
    /conditions\.a\.scheme\.rewards: found verifier twice/,
  );
  assert.match(
    faultsOf({ conditions: { a: { scheme: 'rlcr' } } }),
    /task\.formats: scheme rlcr reads a stated confidence; no format of task arithmetic states one/,
  );
  assert.match(
    faultsOf({
      conditions: {
        a: {
          scheme: { name: 'pass-at-k-training', comparisons: [{ name: 'pass-at-k', options: { k: 99 } }] },
        },
      },
    }),
    /scheme\.comparisons\.0: k: found 99, expected at most training\.groupSize = 8/,
  );
  assert.match(
    faultsOf({
      conditions: {
        a: { scheme: { name: 'grpo', comparisons: [{ name: 'pass-at-k', options: { scale: 'batch' } }] } },
      },
    }),
    /scheme\.comparisons\.0\.options\.scale: /,
  );
  assert.match(
    faultsOf({ conditions: { a: { scheme: { name: 'grpo', credit: ['spread', 'select-top'] } } } }),
    /scheme\.credit\.1: there is no credit rule "select-top"/,
  );
  assert.match(
    faultsOf({ conditions: { a: { scheme: 'majority-reward' } } }),
    /needs training\.pool and training\.poolSamples/,
  );
});

test('a generated task that is too small for its splits is refused before anything is drawn in a run', () => {
  const small = {
    task: { family: 'countdown', numbers: 2, largestNumber: 3, harderNumbers: 3 },
    base: { sources: [{ name: 'solutions', options: { formats: { search: 1 } } }] },
  };
  const found = faultsOf({ ...small, evaluation: { splits: { clean: 96 }, devProblems: 32 } });
  const count = /splits\.clean: found 96 problems, but split clean of task countdown has (\d+) in all/.exec(
    found,
  );
  assert.ok(count !== null, found);
  const fits = { ...small, evaluation: { splits: { clean: Number(count[1]) }, devProblems: 1, every: 0 } };
  assert.doesNotMatch(faultsOf(fits), /splits\.clean/);
});

test('every committed matrix resolves', async () => {
  const directory = fileURLToPath(new URL('../matrices', import.meta.url));
  for (const file of readdirSync(directory)) resolveExperiment(await loadExperiment(join(directory, file)));
});

test('problems of a JSONL file are fingerprinted by content, and a bad line is named', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-jsonl-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const rows = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ question: `${i}+1=`, answer: String(i + 1), metadata: {} }),
  );
  const matrix = join(directory, 'matrix.json');
  const write = (lines: string[]): void => writeFileSync(join(directory, 'problems.jsonl'), lines.join('\n'));
  const task = { family: 'jsonl', file: 'problems.jsonl' };
  const base = { sources: [{ name: 'solutions', options: { formats: { answer: 1 } } }], stages: [] };
  writeFileSync(
    matrix,
    JSON.stringify({ ...declared, task, base, evaluation: { splits: { clean: 5 }, every: 0 } }),
  );
  write(rows);
  const first = resolveExperiment(await loadExperiment(matrix));
  write(rows.map((row) => row.replace('"5"', '"6"')));
  assert.notEqual(resolveExperiment(await loadExperiment(matrix)).id, first.id);
  write([...rows, '{"question": 3}']);
  await assert.rejects(
    loadExperiment(matrix),
    (error: unknown) => error instanceof InvalidSpecError && /61/.test(error.message),
  );
});
