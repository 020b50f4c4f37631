import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';
import { applyOverrides } from './declare-experiment.ts';
import { loadExperiment } from './load.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve.ts';

const MATRIX = `name: external
question: Does a program of my own reward?
task: { family: arithmetic }
controls: []
baseline: grpo
conditions:
  grpo: {}
  program:
    scheme:
      name: grpo
      rewards: [verifier, { name: external, options: { command: [python3, ./reward.py], files: [./words/good.txt] } }]
`;

function writeMatrix(t: TestContext, { matrix = MATRIX, program = 'print(1)\n' } = {}): string {
  const directory = createTemporaryDirectory(t, 'assay-external-');
  mkdirSync(join(directory, 'words'));
  writeFileSync(join(directory, 'words', 'good.txt'), 'yes\n');
  writeFileSync(join(directory, 'reward.py'), program);
  writeFileSync(join(directory, 'matrix.yaml'), matrix);
  return join(directory, 'matrix.yaml');
}

const resolveFile = async (file: string): Promise<ResolvedExperiment> =>
  resolveExperiment(await loadExperiment(file));

test('the texts of a program’s files are part of the condition, and where they lie is not', async (t) => {
  const here = await resolveFile(writeMatrix(t));
  const [, external] = here.conditions.find(({ name }) => name === 'program')!.condition.scheme.rewards;
  assert.deepEqual(external!.options, {
    command: ['python3', 'reward.py'],
    files: { 'reward.py': 'print(1)\n', 'good.txt': 'yes\n' },
    deadlineMs: 10_000,
    atOnce: 1,
  });
  const idOf = ({ conditions: all }: ResolvedExperiment, name: string): string =>
    all.find((condition) => condition.name === name)!.id;
  const elsewhere = await resolveFile(writeMatrix(t));
  const changed = await resolveFile(writeMatrix(t, { program: 'print(2)\n' }));
  assert.equal(idOf(elsewhere, 'program'), idOf(here, 'program'));
  assert.notEqual(idOf(changed, 'program'), idOf(elsewhere, 'program'));
  assert.equal(idOf(changed, 'grpo'), idOf(elsewhere, 'grpo'));
});

test('what is wrong with a program is told before anything is computed', async (t) => {
  const writeWith = (from: string, to: string): string =>
    writeMatrix(t, { matrix: MATRIX.replace(from, to) });
  await assert.rejects(
    resolveFile(writeWith('./reward.py', './rewrad.py')),
    /external: \.\/rewrad\.py, relative to .*matrix\.yaml, cannot be read: ENOENT/,
  );
  await assert.rejects(
    resolveFile(writeWith('command: [python3, ./reward.py], ', '')),
    /command: found none/,
  );
  await assert.rejects(
    resolveFile(writeWith('rewards: [', 'rewards: [{ name: external, options: { command: [sh] } }, ')),
    /a scheme has one reward external, found 2/,
  );
  await assert.rejects(
    resolveFile(writeWith('rewards: [', 'rewards: [{ name: compound, options: { reward: external } }, ')),
    /reward external is asked, with a deadline, and cannot stand within another/,
  );
  const declared = await loadExperiment(writeMatrix(t));
  const overridden = applyOverrides(declared, {
    set: ['conditions.program.scheme.rewards=[{"name":"external","options":{"command":["./x.py"]}}]'],
  });
  assert.throws(
    () => resolveExperiment(overridden),
    /found "\.\/x\.py", of which files \(none\) holds no text/,
  );
});
