import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sealLock } from '../../config/claim-lock.ts';
import { hypothesisSchema, type HypothesisInput } from '../../config/hypothesis.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { writeClaimPage } from './claim-page.ts';

const script = fileURLToPath(new URL('../../docs/results/recompute.py', import.meta.url));
const python = spawnSync('python3', ['--version']);
const skip = python.status === 0 ? false : 'needs python3, which is not there';

const directories: string[] = [];
after(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

const passAt = (k: number) => ({ name: 'pass@k', split: 'clean', k }) as const;
const probe = { name: 'probe', probe: 'fast-slow', metric: 'slow', split: 'clean' } as const;

/** One of every metric, every alternative, and one about runs that are not there. */
const HYPOTHESES: Partial<HypothesisInput>[] = [
  {},
  { metric: passAt(8), alternative: 'equivalent', margin: { value: 0.3, unit: 'fraction' } },
  { treatment: 'random-reward', alternative: 'less' },
  { metric: { name: 'maj@k', split: 'contaminated', k: 4 } },
  { metric: { name: 'format-share', split: 'clean', format: 'direct' }, alternative: 'noninferior', margin: { value: 0.5, unit: 'fraction' } }, // prettier-ignore
  { control: 'random-reward', metric: { name: 'step', metric: 'rollout/entropy_nats', over: 'last-quarter' }, alternative: 'less' }, // prettier-ignore
  { control: 'random-reward', metric: { name: 'step', metric: 'format/absent', over: 'mean' } },
  { control: 'grpo', metric: probe, controlMetric: { ...probe, metric: 'fast' } },
  { treatment: 'nothing' },
];

function withHypotheses(input: ComparisonInput): ComparisonInput {
  const hypotheses = HYPOTHESES.map((own, i) =>
    hypothesisSchema.parse({
      ...{ claim: `Claim ${i}.`, treatment: 'grpo', control: 'base', metric: passAt(1) },
      ...{ alternative: 'greater', reported: 'greater', ...own },
    }),
  );
  const probeScores = input.runs.flatMap(({ id, condition, seed }) =>
    condition !== 'grpo'
      ? []
      : [0, 1, 2].flatMap((problemIndex) =>
          ['slow', 'fast'].map((metric) => ({
            ...{ runId: id, step: 8, probe: 'fast-slow', metric, split: 'clean', problemIndex },
            value: metric === 'fast' ? 0.2 : 0.6 + 0.05 * problemIndex + 0.02 * seed,
          })),
        ),
  );
  return { ...input, probeScores, experiment: { ...input.experiment, hypotheses } };
}

/** What `tabulateVerdicts` reads of a lock: its looks. */
const lockLooks = (looks: number[], bases: number): ComparisonInput['lock'] => ({
  lock: sealLock({
    ...{ version: 1, claim: 'demo', scale: 'small', experiment: '5eed'.repeat(16), baseline: 'base' },
    ...{ hypotheses: [], checks: {}, conditions: {}, looks, seeds: [0], problems: { clean: 30 } },
    ...{ bases: Array.from({ length: bases }, (_, base) => base), samplesPerProblem: 16, alpha: 0.05 },
    ...{ analysis: 'd'.repeat(64), recipes: {}, history: [], lockedAt: '2026-11-30T00:00:00.000Z' },
  }),
  launches: [],
  drift: [],
});

async function writeResult(bases: number, seeds: number, looks?: number[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'assay-recompute-'));
  directories.push(directory);
  const input = withHypotheses(simulateComparison({ bases, seeds, problems: 30, samples: 16, steps: 8 }));
  await writeClaimPage(
    looks === undefined ? input : { ...input, lock: lockLooks(looks, bases) },
    { command: 'assay claims run', wallSeconds: 1, reusedRuns: 0, literature: [] },
    directory,
  );
  return directory;
}

const recompute = (directory: string) =>
  spawnSync('python3', ['-B', script, directory], { encoding: 'utf8' });

for (const [bases, seeds] of [
  [3, 2],
  [1, 4],
] as const)
  // prettier-ignore
  test(`a script that knows only the tables finds the same verdicts, of ${bases} × ${seeds} runs`, { skip }, async () => {
    const { status, stdout, stderr } = recompute(await writeResult(bases, seeds));
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /9 hypotheses/);
    assert.equal(stdout.match(/: agrees: /g)?.length, 8, stdout);
    assert.match(stdout, /9: as stated: \S+, no evidence: there is no condition nothing/);
    assert.match(stdout, /0 of 9 differ/);
  });

test('the script finds what each hypothesis came to at its look', { skip }, async () => {
  const { status, stdout, stderr } = recompute(await writeResult(6, 1, [5, 6]));
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /0 of 9 differ/);
});

test('a count or a verdict that was changed by hand is found', { skip }, async () => {
  const directory = await writeResult(3, 2);
  const change = async (file: string, from: RegExp, to: string): Promise<void> => {
    const path = join(directory, file);
    const text = await readFile(path, 'utf8');
    assert.match(text, from);
    await writeFile(path, text.replace(from, to));
  };
  await change('verdicts.csv', /Claim 2\.,\w[\w-]*/, 'Claim 2.,supported');
  await change('evaluations.csv', /(grpo-0,grpo,0,0,clean,8,clean-000,16),\d+/, '$1,0');
  const { status, stdout } = recompute(directory);
  assert.equal(status, 1, stdout);
  assert.match(stdout, /1: DIFFERS/);
  assert.match(stdout, /verdict: stated supported, recomputed/);
});

test('a result without its raw tables is refused with what to do', { skip }, async () => {
  const directory = await writeResult(3, 2);
  await rm(join(directory, 'evaluations.csv'));
  const { status, stderr } = recompute(directory);
  assert.equal(status, 2);
  assert.match(stderr, /evaluations\.csv is not there, nor evaluations\.csv\.gz; write the result again/);
});

test('every kept result with raw tables is what they give', { skip }, (t) => {
  const results = fileURLToPath(new URL('../../docs/results/', import.meta.url));
  const folders = readdirSync(results)
    .map((name) => join(results, name))
    .filter((folder) => existsSync(join(folder, 'hypotheses.csv')));
  assert.ok(folders.length > 0);
  const { status, stdout, stderr } = spawnSync('python3', [script, ...folders], { encoding: 'utf8' });
  t.diagnostic(stdout);
  assert.equal(status, 0, stdout + stderr);
});
