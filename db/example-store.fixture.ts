import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openDatabase, writeTransaction, type Database } from './store/connection.ts';
import type { EvaluatedProblem } from './queries/evaluations.ts';
import { registerExperiment, type Registration } from './queries/experiments.ts';
import { recordVerifiedRollouts, type VerifiedRollout } from './queries/rollouts.ts';

/** A path for a store in a directory that goes with the test. */
export function temporaryStorePath(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-db-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'assay.db');
}

/** One condition, two runs of two steps. */
export const exampleRegistration: Registration = {
  experiment: {
    id: 'e1',
    name: 'demo',
    question: 'Does it work?',
    baseline: 'base',
    source: null,
    hypotheses: '[]',
    checks: '{}',
  },
  conditions: [{ id: 'c1', name: 'grpo', position: 0, isControl: false, settings: '{}' }],
  runs: [
    { id: 'r1', conditionId: 'c1', baseSeed: 0, baseModelId: 'b', seed: 0, streamSeed: 7, totalSteps: 2 },
    { id: 'r2', conditionId: 'c1', baseSeed: 0, baseModelId: 'b', seed: 1, streamSeed: 8, totalSteps: 2 },
  ],
};

export function openExampleStore(path: string): Database {
  const db = openDatabase(path);
  registerExperiment(db, exampleRegistration);
  return db;
}

const exampleProblem = { task: 'arithmetic', split: 'train', key: '1+1', prompt: '1+1=', answer: '2' };

/** Sample `sampleIndex` of the example problem at step 0 of a run: correct, three tokens. */
export function exampleRollout(runId: string, sampleIndex: number): VerifiedRollout {
  const numbers = Buffer.from(new Float32Array([-0.5, -0.25, -0.125]).buffer);
  return {
    problem: exampleProblem,
    rollout: {
      runId,
      phase: 'train',
      step: 0,
      problemIndex: 0,
      sampleIndex,
      text: '#2$',
      format: 'direct',
      tokenCount: 3,
      isTruncated: false,
      tokens: Buffer.from(new Int32Array([1, 2, 3]).buffer),
      tokenEnds: null,
      parentSample: null,
      forkAt: 0,
      units: null,
      logprobs: numbers,
      entropies: numbers,
    },
    verdict: { outcome: 'correct', extractedAnswer: '2', reason: null },
  };
}

export function recordExampleRollouts(db: Database, records: readonly VerifiedRollout[]): void {
  const { runId } = records[0]!.rollout;
  writeTransaction(db, (tx) => recordVerifiedRollouts(tx, { runId, phase: 'train', step: 0 }, records));
}

/** Counts of the example problem in the final evaluation of a run. */
export function exampleEvaluation(runId: string, c: number): EvaluatedProblem {
  return {
    problem: { ...exampleProblem, split: 'clean' },
    counts: {
      runId,
      step: 2,
      split: 'clean',
      problemIndex: 0,
      n: 8,
      c,
      malformed: 0,
      unverifiable: 0,
      tokens: 24,
      answers: '{"2":8}',
      formats: '{"direct":{"c":8,"n":8}}',
      confidences: null,
    },
  };
}
