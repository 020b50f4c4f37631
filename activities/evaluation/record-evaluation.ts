import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { recordEvaluations, type EvaluatedProblem } from '../../db/queries/evaluations.ts';
import { recordTemperatureGrid } from '../../db/queries/temperatures.ts';
import { recordLedger, type LedgerRow } from '../../db/queries/ledger.ts';
import { recordArtifact } from '../../db/queries/artifacts.ts';
import { recordVerifiedRollouts, type VerifiedRollout } from '../../db/queries/rollouts.ts';
import { countForwardFlops } from '../../model/flops.ts';
import { countPass } from '../../rollouts/count-pass.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { listGroups } from '../../rollouts/groups.ts';
import { canonicalJson } from '../../config/canonical.ts';
import { nameSampled, type ArtifactRef, type EvaluationSlice } from '../../config/plan.ts';
import type { Task } from '../../tasks/task.ts';
import { countConfidences } from './count-confidences.ts';
import { durable, stageKey } from '../durable.ts';
import { toEntry } from '../step/count-step.ts';
import { decodeRollouts } from '../step/rollout-file.ts';
import { evaluationProblems, taskOfSplit, type RunContext } from '../run/run-context.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { readRollout } from '../step/verify.ts';

export interface RecordEvaluationInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  readonly slice: EvaluationSlice;
  readonly rollouts: ArtifactRef;
}

/** Samples of each problem that are kept as rows to look at; all of them stay in the artifact. */
const SHOWN_SAMPLES = 2;

function count<Key extends string>(keys: readonly Key[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

function countFormats(records: readonly VerifiedRollout[]): Record<string, { n: number; c: number }> {
  const formats: Record<string, { n: number; c: number }> = {};
  for (const { rollout, verdict } of records) {
    const entry = (formats[rollout.format] ??= { n: 0, c: 0 });
    entry.n += 1;
    entry.c += Number(verdict.outcome === 'correct');
  }
  return formats;
}

/** A greedy sample stands for all that would have been equal to it. */
function repeat(records: readonly VerifiedRollout[], { countsAs = 1 }: EvaluationSlice): VerifiedRollout[] {
  return records.flatMap((record) => Array.from({ length: countsAs }, () => record));
}

function countProblem(task: Task, records: readonly VerifiedRollout[]): EvaluatedProblem {
  const [{ problem, rollout }] = records as [VerifiedRollout];
  const outcomes = count(records.map(({ verdict }) => verdict.outcome));
  const unverifiable = outcomes['unverifiable'] ?? 0;
  const confidences = countConfidences(task, records);
  return {
    problem,
    counts: {
      runId: rollout.runId,
      step: rollout.step,
      split: rollout.phase,
      problemIndex: rollout.problemIndex,
      n: records.length - unverifiable,
      c: outcomes['correct'] ?? 0,
      malformed: outcomes['malformed'] ?? 0,
      unverifiable,
      tokens: records.reduce((sum, record) => sum + record.rollout.tokenCount, 0),
      answers: canonicalJson(count(records.map(({ verdict }) => verdict.extractedAnswer ?? ''))),
      formats: canonicalJson(countFormats(records)),
      confidences: confidences === null ? null : canonicalJson(confidences),
    },
  };
}

/** What a slice took. The base's votes on a pool are a part of training, since rewards read them. */
function countSlice(
  context: RunContext,
  { step, slice }: RecordEvaluationInput,
  batch: RolloutBatch,
): LedgerRow {
  const deed =
    slice.split === 'pool'
      ? ({ stage: 'sample', role: 'reference' } as const)
      : ({ stage: 'evaluation', role: 'policy' } as const);
  const count = countPass(batch);
  const flops = countForwardFlops(context.policyConfig, count);
  return {
    runId: context.plan.runId,
    step,
    ...toEntry({ ...deed, kind: `${nameSampled(slice)}/${slice.from}` }, count, flops),
  };
}

/** Verifies an evaluation slice and records n and c per problem, a few samples to look at, and the artifact of all. */
export function createRecordEvaluation({ db, artifacts, plans }: StoreDependencies) {
  return durable(async (input: RecordEvaluationInput, attempt): Promise<void> => {
    const context = await plans.readRun(input.plan);
    const { slice, step } = input;
    const { runId } = context.plan;
    const batch = decodeRollouts(await artifacts.read(input.rollouts));
    const source = { context, task: taskOfSplit(context, slice.split), batch, phase: slice.split, step };
    const perProblem: VerifiedRollout[][] = [];
    const problems = evaluationProblems(context, slice);
    for (const [i, members] of listGroups(batch.groups).entries()) {
      perProblem.push(
        members.map((row, sampleIndex) =>
          readRollout(source, {
            row,
            problem: problems[i]!,
            problemIndex: slice.from + i,
            sampleIndex,
          }),
        ),
      );
      await attempt.pause();
    }
    const place = { runId, phase: slice.split, step };
    const stage = `evaluate/${nameSampled(slice)}/${slice.from}`;
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage }));
      recordArtifact(tx, 'evaluation-rollouts', input.rollouts);
      recordLedger(tx, [countSlice(context, input, batch)]);
      const counted = perProblem.map((records) => countProblem(source.task, repeat(records, slice)));
      if (slice.isOfGrid === true) {
        recordTemperatureGrid(tx, slice.temperature!, counted);
        return;
      }
      recordEvaluations(tx, counted);
      recordVerifiedRollouts(
        tx,
        place,
        perProblem.flatMap((records) => records.slice(0, SHOWN_SAMPLES)),
      );
    });
  });
}
