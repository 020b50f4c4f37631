import {
  listCheckpointsAt,
  recordCheckpoint,
  releaseArtifacts,
  toCheckpointRef,
} from '../../db/queries/artifacts.ts';
import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction, type Database } from '../../db/store/connection.ts';
import { listJudgements, type JudgementRow } from '../../db/queries/judgements.ts';
import { listRollouts, recordTokenWeights, type RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { recordLedger, settleBudget } from '../../db/queries/ledger.ts';
import { nextStepOf, recordStep } from '../../db/queries/steps.ts';
import { referenceStep, type ArtifactRef, type CheckpointRef, type RunPlan } from '../../config/plan.ts';
import { listAsked } from '../../schemes/open-scheme.ts';
import { answererOf, measureAnswers } from '../../schemes/rewards/measure-answers.ts';
import { measureJudgements } from '../../schemes/judges/measure-judgements.ts';
import { measureRollouts } from '../../rollouts/measure-rollouts.ts';
import { requireColumns } from '../../rollouts/rollout-batch.ts';
import { ArtifactPathError } from '../../artifacts/artifact-errors.ts';
import { removeAll } from '../../artifacts/artifact-store.ts';
import { durable, stageKey } from '../durable.ts';
import { countStep } from './count-step.ts';
import { toBlob, toFloats } from '../../db/blobs.ts';
import { decodeRollouts } from './rollout-file.ts';
import type { RunContext } from '../run/run-context.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import type { UpdatedPolicy } from './update.ts';

export interface RecordedStep {
  /** The run's budget is used up: it takes no further step. */
  readonly isSpent: boolean;
}

export interface RecordInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  readonly updated: UpdatedPolicy;
  /** Files that no one needs once the step is recorded. */
  readonly obsolete: readonly ArtifactRef[];
}

function filesOf(checkpoint: CheckpointRef): ArtifactRef[] {
  return checkpoint.trainingState === null
    ? [checkpoint.weights]
    : [checkpoint.weights, checkpoint.trainingState];
}

/** Checkpoints that no one needs once the next step starts: neither the base nor kept by the plan, not its reference. */
export function listSuperseded(step: number, plan: { checkpointEvery: number; syncEvery: number }): number[] {
  const { checkpointEvery, syncEvery } = plan;
  const reference = referenceStep(step + 1, syncEvery);
  return [...new Set([referenceStep(step, syncEvery), step])].filter(
    (past) => past > 0 && past !== reference && !(checkpointEvery > 0 && past % checkpointEvery === 0),
  );
}

/** The files of superseded checkpoints. */
function supersededFiles(db: Database, input: RecordInput, { runId, condition }: RunPlan): ArtifactRef[] {
  const { training, scheme } = condition;
  const steps = listSuperseded(input.step, {
    checkpointEvery: training.checkpointEvery,
    syncEvery: scheme.reference.syncEvery,
  });
  const current = new Set(filesOf(input.updated.checkpoint).map((ref) => ref.path));
  return listCheckpointsAt(db, runId, steps)
    .flatMap((row) => filesOf(toCheckpointRef(db, row)))
    .filter((ref) => !current.has(ref.path));
}

/** @throws {ArtifactPathError} when told to delete what is not of this step */
export function assertOfStep(refs: readonly ArtifactRef[], folder: string): void {
  const stranger = refs.find(({ path }) => !path.startsWith(folder) || path.includes('..'));
  if (stranger === undefined) return;
  throw new ArtifactPathError(
    `a step deletes files of ${folder} alone; found ${JSON.stringify(stranger.path)}`,
  );
}

/** The step's rollouts as they were shaped: from memory, or read again after a crash. */
function shapedRows(
  { db, held }: StoreDependencies,
  at: { readonly runId: string; readonly step: number },
): readonly RolloutWithVerdict[] {
  const rows = held.rounds(at).flatMap((round) => round.rows);
  const isWhole = rows.length > 0 && rows.every(({ isKept }) => isKept !== null);
  return isWhole ? rows : listRollouts(db, { ...at, phase: 'train' });
}

/** What judges found of the step's rollouts, and what asked rewards were answered. */
function listFindings(
  db: Database,
  { scheme }: RunContext,
  rows: readonly RolloutWithVerdict[],
): { readonly judgements: readonly JudgementRow[]; readonly answers: readonly JudgementRow[] } {
  const answerers = new Set(listAsked(scheme).map(({ part }) => answererOf(part.name)));
  if (scheme.judges.length === 0 && answerers.size === 0) return { judgements: [], answers: [] };
  const ids = rows.map(({ id }) => id);
  const found = [...listJudgements(db, ids).values()].flat();
  return {
    judgements: found.filter(({ judge }) => !answerers.has(judge)),
    answers: found.filter(({ judge }) => answerers.has(judge)),
  };
}

/** What rules made of the tokens of each rollout that taught; nothing where the step is recorded, and the file may be gone. */
async function readTokenWeights(
  { db, artifacts }: StoreDependencies,
  ref: ArtifactRef | null,
  of: { readonly runId: string; readonly step: number; readonly rows: readonly RolloutWithVerdict[] },
): Promise<{ rolloutId: number; tokenWeights: Buffer }[]> {
  if (ref === null || nextStepOf(db, of.runId) > of.step) return [];
  const batch = decodeRollouts(await artifacts.read(ref));
  const needed = { perToken: ['tokenWeights'], perRollout: [] } as const;
  const { tokenWeights } = requireColumns(batch, needed, 'the record of a step').perToken;
  return of.rows
    .filter(({ isKept }) => isKept === true)
    .map((rollout, row) => {
      const begin = row * batch.completionLength;
      return {
        rolloutId: rollout.id,
        tokenWeights: toBlob(tokenWeights.subarray(begin, begin + rollout.tokenCount)),
      };
    });
}

/**
 * Ends a training step in one transaction: its metrics, its checkpoint, what it took and the step itself, which is the run's cursor.
 * Superseded files are deleted after the commit, so a kill in between leaves a stray file and loses nothing; nor does a
 * store that refuses to delete.
 */
export function createRecord(dependencies: StoreDependencies) {
  const { db, artifacts, plans, held } = dependencies;
  return durable(async (input: RecordInput, attempt): Promise<RecordedStep | undefined> => {
    const context = await plans.readRun(input.plan);
    const { plan } = context;
    const { runId } = plan;
    const { step, updated, obsolete } = input;
    const { tokenWeights = null } = updated;
    const transient = tokenWeights === null ? obsolete : [...obsolete, tokenWeights];
    assertOfStep(transient, `runs/${runId}/step-${step}/`);
    const rows = shapedRows(dependencies, { runId, step });
    const superseded = supersededFiles(db, input, plan);
    const ruled = await readTokenWeights(dependencies, tokenWeights, { runId, step, rows });
    const isSpent = writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: 'record' }));
      recordTokenWeights(tx, ruled);
      recordCheckpoint(tx, { runId, step: step + 1 }, updated.checkpoint);
      const measured = rows.map((row) => ({ ...row, entropies: toFloats(row.entropies) }));
      const tokens = rows.reduce((sum, row) => sum + row.tokenCount - row.forkAt, 0);
      const { judgements, answers } = listFindings(tx, context, rows);
      const metrics = {
        ...measureRollouts(measured),
        ...measureJudgements(judgements),
        ...measureAnswers(answers),
        ...updated.metrics,
      };
      const { machine, revision } = updated.computedBy;
      recordStep(tx, { runId, step, rollouts: rows.length, tokens, machine, revision }, metrics);
      recordLedger(tx, countStep(context, { step, rows, judgements, passes: updated.passes ?? [] }));
      releaseArtifacts(tx, superseded);
      return settleBudget(tx, runId, plan.condition.training.budget);
    });
    held.drop(runId);
    await removeAll(artifacts, [...superseded, ...transient]);
    return { isSpent };
  });
}
