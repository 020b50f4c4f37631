import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '../support/small-matrix.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A declaration as a user's own project holds it, with schemes and parts that this project does not know. */
const declaration = `
import { defineExperiment, defineScheme } from 'assay';

export { parts } from './parts.js';

const gradedRloo = defineScheme({
  name: 'graded-rloo',
  title: 'RLOO, graded',
  source: 'of the test',
  rewards: ['graded', { name: 'shortness', weight: 0.1 }],
  gates: ['some-correct'],
  comparisons: [{ name: 'group', options: { baseline: 'others', scale: 'none' } }, { name: 'against-best', weight: 0.5 }],
  credit: ['spread', { name: 'select', options: { by: 'doubt', share: 0.5, rest: 0.2 } }, 'covariance-clip'],
  objective: ['clipped', { name: 'squared-logprob', weight: 0.001 }],
});

export const experiment = defineExperiment({
  name: 'signs',
  question: 'Does the installed package run?',
  task: { family: 'arithmetic', operations: 2 },
  base: { steps: 10, documentsPerStep: 8 },
  controls: [],
  baseline: 'rloo',
  conditions: {
    rloo: { scheme: 'rloo' },
    graded: { scheme: gradedRloo },
    weighted: { scheme: { name: 'grpo', credit: ['spread', 'top-weighted'] } },
    echo: {
      task: { family: 'echo', digits: 2 },
      base: { sources: [{ name: 'solutions', options: { formats: { plain: 1 } } }], stages: [] },
    },
  },
  training: { steps: 2, promptsPerStep: 4, groupSize: 4 },
  evaluation: { splits: { clean: 8 }, samplesPerProblem: 4, every: 0 },
  seeds: 1,
});
`;

const compilerOptions = {
  ...{ target: 'ES2022', module: 'NodeNext', moduleResolution: 'NodeNext' },
  ...{ strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true, types: [] },
};

test('the package installs from its tarball into an empty project, whose types compile and whose matrix runs', (t) => {
  const project = createTemporaryDirectory(t, 'assay-package-');
  const call = (program: string, words: string[], cwd = project): string =>
    execFileSync(program, words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  call('npm', ['run', 'package', '--', '--pack-destination', project], root);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'))!;
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', type: 'module' }));
  const compiler = 'typescript@5.9.3';
  call('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`, compiler]);
  writeFileSync(join(project, 'signs.ts'), declaration);
  copyFileSync(join(root, 'tests', 'fixtures', 'own-parts', 'parts.ts'), join(project, 'parts.ts'));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['signs.ts'] }));
  call('npx', ['tsc', '--project', '.']);
  call('npx', ['assay', 'setup']);
  call('npx', ['assay', 'run', 'signs.ts', '--train-workers', '1']);
  const [listed] = JSON.parse(call('npx', ['assay', 'ls', '--json'])) as { runs: { status: string }[] }[];
  assert.deepEqual(
    listed!.runs.map(({ status }) => status),
    ['completed', 'completed', 'completed', 'completed'],
  );
});
