import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { recordCheckpoint } from '../../db/queries/artifacts.ts';
import { recordBaseModel } from '../../db/queries/base-models.ts';
import {
  openDatabase,
  openReadonlyDatabase,
  writeTransaction,
  type Database,
} from '../../db/store/connection.ts';
import { recordEvaluations } from '../../db/queries/evaluations.ts';
import { registerExperiment, UnknownExperimentError } from '../../db/queries/experiments.ts';
import { listRollouts, recordShaping, recordVerifiedRollouts } from '../../db/queries/rollouts.ts';
import { endRun, startRun } from '../../db/queries/runs.ts';
import { recordStep } from '../../db/queries/steps.ts';
import { loadComparison } from './load-comparison.ts';
import { renderCompletion } from '../page/token-view.ts';
import { listAccuracies } from '../run/run-accuracy.ts';
import { writeReport } from '../write-report.ts';

const CONDITIONS = ['base', 'grpo', 'random-reward'];
const OUTCOMES = ['correct', 'incorrect', 'malformed'] as const;
const weights = (name: string) => ({ path: `weights/${name}`, sha256: name.padEnd(64, '0'), bytes: 1 });

function register(db: Database): void {
  recordBaseModel(db, {
    id: 'base-model',
    name: 'latent-strategy',
    plan: JSON.stringify({
      recipe: {
        architecture: { layers: 2, hiddenSize: 16 },
        steps: 5,
        sources: [{ name: 'solutions', options: { formats: { direct: 1 } } }],
        stages: [{ name: 'leak', steps: 2, sources: [{ name: 'planted', share: 0.3 }] }],
      },
    }),
    weights: weights('base'),
    leak: '{"p0":3,"p1":2}',
    tokens: 100,
    losses: '[1]',
    corpusSha256: null,
  });
  const seeds = [0, 1];
  registerExperiment(db, {
    experiment: {
      id: 'f00d',
      name: 'small',
      question: 'Does <b>grpo</b> help?',
      baseline: 'base',
      source: null,
      hypotheses: '[]',
      checks: '{}',
    },
    conditions: CONDITIONS.map((name, position) => ({
      id: `id-${name}`,
      name,
      position,
      isControl: name !== 'grpo',
      settings: JSON.stringify({
        scheme: { name },
        training: {
          pool: name === 'base' ? null : 16,
          examples: name === 'grpo' ? { from: 'random-reward', count: 2 } : null,
        },
      }),
    })),
    runs: CONDITIONS.flatMap((name) =>
      seeds.map((seed) => ({
        id: `${name}-${seed}`,
        conditionId: `id-${name}`,
        baseSeed: 0,
        baseModelId: 'base-model',
        seed,
        streamSeed: seed,
        totalSteps: 1,
      })),
    ),
  });
}

function recordTraining(db: Database, runId: string): void {
  const place = { runId, phase: 'train', step: 0 };
  const empty = Buffer.alloc(0);
  const records = OUTCOMES.map((outcome, problemIndex) => ({
    problem: { task: 'sums', split: 'train', key: `t${problemIndex}`, prompt: '1+1=', answer: '2' },
    rollout: {
      ...place,
      problemIndex,
      sampleIndex: 0,
      text: '2',
      format: 'direct',
      tokenCount: 2,
      isTruncated: false,
      tokens: empty,
      tokenEnds: null,
      ...{ parentSample: null, forkAt: 0, units: null },
      logprobs: empty,
      entropies: Buffer.from(new Float32Array([0.5, 0.25]).buffer),
    },
    verdict: { outcome, extractedAnswer: '2', reason: null },
  }));
  writeTransaction(db, (tx) => {
    recordVerifiedRollouts(tx, place, records);
    const rewards = listRollouts(tx, place).map(({ id, verdict }) => ({
      rolloutId: id,
      // The malformed one could not be rewarded: it must not enter the mean as 0.
      reward: verdict.outcome === 'malformed' ? null : Number(verdict.outcome === 'correct'),
      advantage: 0,
      isKept: true,
      credit: Buffer.from(new Float32Array([1, 0]).buffer),
      tokenWeights: null,
      components: [],
    }));
    recordShaping(tx, rewards);
    recordCheckpoint(tx, { runId, step: 1 }, { weights: weights(runId), trainingState: null });
    recordStep(
      tx,
      { runId, step: 0, rollouts: 3, tokens: 6 },
      { 'reward/mean': 0.5, 'verdict/correct': 1 / 3 },
    );
  });
}

function recordFinal(db: Database, runId: string, chance: number): void {
  const evaluated = ['clean', 'contaminated'].flatMap((split) =>
    Array.from({ length: 6 }, (_, problemIndex) => {
      const c = Math.min(4, Math.floor(chance * 4) + (problemIndex % 2));
      return {
        problem: { task: 'sums', split, key: `${split}-${problemIndex}`, prompt: '1+1=', answer: '2' },
        counts: {
          runId,
          step: 1,
          split,
          problemIndex,
          n: 4,
          c,
          malformed: 0,
          unverifiable: 0,
          tokens: 8,
          answers: JSON.stringify({ '2': c, '3': 4 - c }),
          formats: JSON.stringify({ direct: { n: 4, c } }),
          confidences: JSON.stringify({ '1': { n: 4, c } }),
        },
      };
    }),
  );
  writeTransaction(db, (tx) => recordEvaluations(tx, evaluated));
}

function createStore(t: TestContext): { path: string; directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'assay-report-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'assay.db');
  const db = openDatabase(path);
  register(db);
  for (const name of CONDITIONS) {
    for (const seed of [0, 1]) {
      const runId = `${name}-${seed}`;
      startRun(db, runId, {
        provenance: JSON.stringify({ backend: { name: 'cpu', threads: 2 }, node: '20' }),
        sources: null,
      });
      if (name !== 'base') recordTraining(db, runId);
      recordFinal(db, runId, name === 'grpo' ? 0.75 : 0.25);
      endRun(db, runId, { status: 'completed', failure: null });
    }
  }
  db.$client.close();
  return { path, directory };
}

test('the loaded rows hold provenance, checkpoints, the leak and rewards by verdict, undetermined ones left out', (t) => {
  const { path } = createStore(t);
  const db = openReadonlyDatabase(path);
  const input = loadComparison(db, 'small');
  const run = input.runs.find(({ id }) => id === 'grpo-0')!;
  assert.deepEqual(run.provenance, { 'backend.name': 'cpu', 'backend.threads': '2', node: '20' });
  assert.equal(run.checkpointSha256, weights('grpo-0').sha256);
  assert.deepEqual(
    input.conditions.map(({ fixedProblems }) => fixedProblems),
    [null, 2, 16],
  );
  assert.deepEqual([run.stepsDone, input.runs[0]!.stepsDone, input.runs[0]!.checkpointSha256], [1, 0, null]);
  assert.deepEqual(input.baseModels[0]!.leak, { problems: 2, occurrences: 5 });
  const { corpus, 'further stages': stages } = input.baseModels[0]!.details;
  assert.deepEqual([corpus, stages], ['solutions (formats.direct 1)', 'leak: 2 steps, planted 0.3']);
  assert.deepEqual(
    input.rewardByVerdict.filter(({ runId }) => runId === 'grpo-0'),
    [
      { runId: 'grpo-0', verdict: 'correct', rollouts: 1, rewardMean: 1 },
      { runId: 'grpo-0', verdict: 'incorrect', rollouts: 1, rewardMean: 0 },
    ],
  );
  const shown = input.rollouts.filter(({ runId }) => runId === 'grpo-0');
  assert.equal(shown.length, 3);
  assert.deepEqual(shown[0]!.tokens, [
    { text: '2', entropy: 0.5, credit: 1, weight: null },
    { text: '∎', entropy: 0.25, credit: 0, weight: null },
  ]);
  assert.equal(input.evaluations.length, 6 * 12);
  const [evaluation] = input.evaluations;
  assert.deepEqual(evaluation!.confidences, { '1': { n: 4, c: evaluation!.c } });
  assert.throws(() => loadComparison(db, 'nothing'), UnknownExperimentError);
  db.$client.close();
});

/** Rollouts of the clean split as a policy might leave them: what was written, in which tokens, and whether it ended. */
function recordTraced(
  path: string,
  written: readonly { text: string; ends: number[] | null; tokenCount: number; isTruncated: boolean }[],
): void {
  const db = openDatabase(path);
  const place = { runId: 'grpo-0', phase: 'clean', step: 1 };
  const empty = Buffer.alloc(0);
  const records = written.map(({ text, ends, tokenCount, isTruncated }, problemIndex) => ({
    problem: { task: 'sums', split: 'clean', key: `clean-${problemIndex}`, prompt: '1+1=', answer: '2' },
    rollout: {
      ...place,
      problemIndex,
      sampleIndex: 0,
      text,
      format: 'direct',
      tokenCount,
      isTruncated,
      tokens: empty,
      tokenEnds: ends === null ? null : Buffer.from(Int32Array.from(ends).buffer),
      ...{ parentSample: null, forkAt: 0, units: null },
      logprobs: empty,
      entropies: Buffer.from(Float32Array.from({ length: tokenCount }, (_, i) => i / 4).buffer),
    },
    verdict: { outcome: 'incorrect' as const, extractedAnswer: null, reason: null },
  }));
  writeTransaction(db, (tx) => recordVerifiedRollouts(tx, place, records));
  db.$client.close();
}

test('each token is shown with its own text, whatever it covers', (t) => {
  const { path } = createStore(t);
  recordTraced(path, [
    { text: '[55]#10', ends: [3, 5, 7, 7], tokenCount: 4, isTruncated: false },
    { text: 'aé😀', ends: [1, 2, 2, 4, 4], tokenCount: 5, isTruncated: true },
    { text: '1😀', ends: null, tokenCount: 2, isTruncated: true },
    // As an older store holds a special token inside: nothing tells where.
    { text: '10', ends: null, tokenCount: 3, isTruncated: true },
  ]);
  const db = openReadonlyDatabase(path);
  const shown = loadComparison(db, 'small').rollouts.filter(
    ({ runId, phase }) => runId === 'grpo-0' && phase === 'clean',
  );
  db.$client.close();
  assert.deepEqual(
    shown.map(({ tokens }) => tokens?.map(({ text }) => text) ?? null),
    [['[55', ']#', '10', '∎'], ['a', 'é', '◦', '😀', '◦'], ['1', '😀'], null],
  );
  assert.deepEqual(shown[0]!.tokens![2], { text: '10', entropy: 0.5, credit: null, weight: null });
  const [first, , , last] = shown.map((rollout) => String(renderCompletion(rollout).markup));
  assert.equal(first!.match(/class="token"/g)!.length, 4);
  assert.match(first!, /title="entropy 0\.500 nats"[^>]*>10</);
  assert.equal(last, '<strong>10</strong>');
});

test('the same database gives byte-identical files', async (t) => {
  const { path, directory } = createStore(t);
  const write = async (name: string): Promise<[string, string][]> => {
    const db = openReadonlyDatabase(path);
    const { files } = await writeReport(loadComparison(db, 'f00d'), join(directory, name));
    db.$client.close();
    return files.map((file) => [basename(file), readFileSync(file, 'utf8')]);
  };
  const first = await write('first');
  assert.deepEqual(await write('second'), first);
  assert.match(new Map(first).get('report.html')!, /Does &lt;b&gt;grpo&lt;\/b&gt; help\?/);
});

test('each run has its accuracy on the first split, at its latest evaluation, with an interval over problems', (t) => {
  const { path } = createStore(t);
  const db = openReadonlyDatabase(path);
  const accuracies = listAccuracies(db, 'f00d');
  const { evaluations } = loadComparison(db, 'small');
  db.$client.close();
  assert.ok(accuracies.size > 0);
  for (const [run, { split, step, passAt1, low, high, problems }] of accuracies) {
    const own = evaluations.filter((row) => row.runId === run && row.split === 'clean' && row.step === step);
    assert.equal(split, 'clean');
    assert.equal(
      step,
      Math.max(
        ...evaluations.filter((row) => row.runId === run && row.split === 'clean').map((row) => row.step),
      ),
    );
    assert.equal(problems, own.length);
    assert.ok(Math.abs(passAt1 - own.reduce((sum, { n, c }) => sum + c / n, 0) / own.length) < 1e-12);
    assert.ok(low <= passAt1 && passAt1 <= high && high - low > 0.001);
  }
});
