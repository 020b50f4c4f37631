import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import {
  openDatabase,
  openReadonlyDatabase,
  writeTransaction,
  type Database,
} from '../db/store/connection.ts';
import { recordEvaluations } from '../db/queries/evaluations.ts';
import { registerExperiment } from '../db/queries/experiments.ts';
import { listPositions } from '../db/queries/progress.ts';
import { listEvaluatedProblems, listRewardsByVerdict } from '../db/queries/report-queries.ts';
import { endRun } from '../db/queries/runs.ts';
import {
  listLastRollouts,
  listRollouts,
  recordShaping,
  recordVerifiedRollouts,
  type VerifiedRollout,
} from '../db/queries/rollouts.ts';
import { listMetrics, recordStep } from '../db/queries/steps.ts';
import { loadComparison } from '../reports/comparison/load-comparison.ts';
import { writeReport } from '../reports/write-report.ts';

/*
 * Speed of the store in a real file: rows in per second, and what a report's reads cost over them.
 *   node --import tsx bench/database.ts --runs 8 --steps 50 --rollouts 256 --tokens 48
 * and with 10^6 rollouts (docs/reliability.md) --steps 489.
 * prints one JSON line; `*PerSecond` are rows, `*Ms` are single readings.
 */

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '8' },
    steps: { type: 'string', default: '50' },
    rollouts: { type: 'string', default: '256' },
    tokens: { type: 'string', default: '48' },
  },
});

const GROUP = 8;
const EVALUATED_PROBLEMS = 256;
const runCount = Number(flags.runs);
const stepCount = Number(flags.steps);
const rolloutCount = Number(flags.rollouts);
const tokenCount = Number(flags.tokens);
const runIds = Array.from({ length: runCount }, (_, i) => `run-${i}`);

/** Milliseconds by what was done, summed over calls. */
const spent = new Map<string, number>();

function timed<Result>(what: string, body: () => Result): Result {
  const start = performance.now();
  const result = body();
  spent.set(what, (spent.get(what) ?? 0) + performance.now() - start);
  return result;
}

function problemAt(split: string, index: number) {
  return {
    task: 'arithmetic',
    split,
    key: `problem ${index}`,
    prompt: `${index}+8-3*2+6=`,
    answer: String(index % 100),
  };
}

function rolloutAt(runId: string, step: number, row: number): VerifiedRollout {
  const values = new Float32Array(tokenCount).fill(-0.25);
  const blob = Buffer.from(values.buffer);
  const problemIndex = Math.floor(row / GROUP);
  return {
    problem: problemAt('train', step * (rolloutCount / GROUP) + problemIndex),
    rollout: {
      runId,
      phase: 'train',
      step,
      problemIndex,
      sampleIndex: row % GROUP,
      text: '7'.repeat(tokenCount),
      format: 'direct',
      tokenCount,
      isTruncated: false,
      tokens: blob,
      tokenEnds: null,
      parentSample: null,
      forkAt: 0,
      units: null,
      logprobs: blob,
      entropies: blob,
    },
    verdict: { outcome: row % 3 === 0 ? 'correct' : 'incorrect', extractedAnswer: '7', reason: null },
  };
}

function recordOneStep(db: Database, runId: string, step: number): void {
  const place = { runId, phase: 'train', step };
  const records = Array.from({ length: rolloutCount }, (_, row) => rolloutAt(runId, step, row));
  timed('rollouts', () => writeTransaction(db, (tx) => recordVerifiedRollouts(tx, place, records)));
  const rows = timed('readBack', () => listRollouts(db, place));
  const credit = Buffer.from(new Float32Array(tokenCount).fill(0.5).buffer);
  const shaped = rows.map((row) => ({
    rolloutId: row.id,
    reward: 1,
    advantage: 0.5,
    isKept: true,
    credit,
    tokenWeights: null,
    components: [
      { name: 'verifier', weight: 1, value: 1 },
      { name: 'format', weight: 0.1, value: null },
    ],
  }));
  timed('shaping', () => writeTransaction(db, (tx) => recordShaping(tx, shaped)));
  const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`metric/${i}`, i + 0.5]));
  timed('steps', () =>
    writeTransaction(db, (tx) => recordStep(tx, { runId, step, rollouts: rolloutCount, tokens: 1 }, metrics)),
  );
}

function recordEvaluation(db: Database, runId: string): void {
  const evaluated = Array.from({ length: EVALUATED_PROBLEMS }, (_, problemIndex) => ({
    problem: problemAt('clean', problemIndex),
    counts: {
      runId,
      step: stepCount,
      split: 'clean',
      problemIndex,
      n: 64,
      c: problemIndex % 65,
      malformed: 0,
      unverifiable: 0,
      tokens: 64 * tokenCount,
      answers: '{"7":64}',
      formats: '{"direct":{"c":1,"n":64}}',
      confidences: null,
    },
  }));
  timed('evaluations', () => writeTransaction(db, (tx) => recordEvaluations(tx, evaluated)));
}

function fill(path: string): void {
  const db = openDatabase(path);
  const settings = '{"scheme":{"name":"grpo"},"training":{"examples":null,"pool":null}}';
  registerExperiment(db, {
    experiment: {
      id: 'bench',
      name: 'bench',
      question: 'How fast is the store?',
      baseline: 'first',
      source: null,
      hypotheses: '[]',
      checks: '{}',
    },
    conditions: ['first', 'second'].map((name, position) => ({
      id: name,
      name,
      position,
      isControl: false,
      settings,
    })),
    runs: runIds.map((id, at) => ({
      id,
      conditionId: at % 2 === 0 ? 'first' : 'second',
      baseSeed: 0,
      baseModelId: 'b',
      seed: Math.floor(at / 2),
      streamSeed: at,
      totalSteps: stepCount,
    })),
  });
  for (const runId of runIds) {
    for (let step = 0; step < stepCount; step += 1) recordOneStep(db, runId, step);
    recordEvaluation(db, runId);
    endRun(db, runId, { status: 'completed', failure: null });
  }
  db.$client.close();
}

async function readAll(path: string): Promise<void> {
  timed('reopen', () => openDatabase(path)).$client.close();
  const db = openReadonlyDatabase(path);
  timed('listEvaluatedProblems', () => listEvaluatedProblems(db, 'bench'));
  timed('listMetrics', () => listMetrics(db, 'bench'));
  timed('listRewardsByVerdict', () => listRewardsByVerdict(db, 'bench'));
  timed('listLastRollouts', () =>
    listLastRollouts(db, { runId: 'run-0', phase: 'train', wrong: 10, right: 10 }),
  );
  timed('listPositions', () => listPositions(db, 'bench'));
  const comparison = timed('loadComparison', () => loadComparison(db, 'bench'));
  const start = performance.now();
  await writeReport(comparison, join(path, '..', 'report'));
  spent.set('writeReport', performance.now() - start);
  db.$client.close();
}

const directory = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const path = join(directory, 'assay.db');
try {
  fill(path);
  await readAll(path);
  const rows = runCount * stepCount * rolloutCount;
  const perSecond = (count: number, what: string): number => Math.round((count / spent.get(what)!) * 1000);
  const reads = [...spent].filter(([what]) => /^(list|load|write|reopen)/.test(what));
  console.log(
    JSON.stringify({
      rollouts: rows,
      megabytes: Math.round(statSync(path).size / 1e6),
      bytesPerRollout: Math.round(statSync(path).size / rows),
      peakMemoryMegabytes: Math.round(process.resourceUsage().maxRSS / 1e3),
      rolloutsPerSecond: perSecond(rows, 'rollouts'),
      readBackPerSecond: perSecond(rows, 'readBack'),
      shapedPerSecond: perSecond(rows, 'shaping'),
      stepsPerSecond: perSecond(runCount * stepCount, 'steps'),
      evaluationsPerSecond: perSecond(runCount * EVALUATED_PROBLEMS, 'evaluations'),
      ...Object.fromEntries(reads.map(([what, ms]) => [`${what}Ms`, Math.round(ms)])),
    }),
  );
} finally {
  rmSync(directory, { recursive: true });
}
