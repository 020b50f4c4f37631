import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { declareExperiment } from '../experiments/resolve/declare-experiment.ts';
import { planRuns } from '../experiments/plan-runs.ts';
import { readTutorialOutputs, writeTutorialFiles } from '../tests/support/tutorial-files.ts';
import { describeOutlook } from './matrix/describe-outlook.ts';

const PAGE = 'tutorial-own-data.md';
const [outlook, faultyRow, smallSplit] = readTutorialOutputs(PAGE);

function writeFiles(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-tutorial-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeTutorialFiles(PAGE, directory);
  return directory;
}

test('the files of the tutorial resolve from an empty directory, to the runs and the outlook that it prints', async (t) => {
  const directory = writeFiles(t);
  const experiment = await declareExperiment(join(directory, 'sums.yaml'), { set: [] });
  assert.equal(planRuns(experiment).length, 8);
  assert.deepEqual(
    experiment.conditions.map(({ name }) => name),
    ['base', 'random-reward', 'grpo', 'rloo'],
  );
  assert.equal(describeOutlook(experiment, { home: join(directory, '.assay') }).join('\n'), outlook);
});

test('the mistakes of the tutorial end as it says', async (t) => {
  const directory = writeFiles(t);
  const yaml = join(directory, 'sums.yaml');
  const refused = (set: string[], message: string) =>
    assert.rejects(declareExperiment(yaml, { set }), { name: 'InvalidSpecError', message });
  await refused(['evaluation.splits.clean=20'], smallSplit!);
  const csv = join(directory, 'sums.csv');
  writeFileSync(csv, readFileSync(csv, 'utf8').replace(',73', ',about seventy'));
  await refused([], faultyRow!);
});
