import { toBlob } from '../../db/blobs.ts';
import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { recordVerifiedRollouts, type VerifiedRollout } from '../../db/queries/rollouts.ts';
import { listGroups } from '../../rollouts/groups.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { toTokenEnds } from '../../rollouts/token-span.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import type { Problem } from '../../tasks/problem.ts';
import type { Task } from '../../tasks/task.ts';
import { durable, stageKey } from '../durable.ts';
import { decodeRollouts } from './rollout-file.ts';
import type { RunContext } from '../run/run-context.ts';
import { problemsOfRound } from '../dataset/dataset-rows.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface VerifyInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  readonly round: number;
  readonly rollouts: ArtifactRef;
}

/** What a row keeps of how its rollout came about. */
function readLineage(
  { parents, forkAt, units, completionLength, completionLengths }: RolloutBatch,
  row: number,
): Pick<VerifiedRollout['rollout'], 'parentSample' | 'forkAt' | 'units'> {
  const parent = parents[row]!;
  const begin = row * completionLength;
  const told = Int32Array.from(units.subarray(begin, begin + completionLengths[row]!));
  return {
    parentSample: parent < 0 ? null : parent,
    forkAt: forkAt[row]!,
    units: told.every((unit) => unit < 0) ? null : toBlob(told),
  };
}

/** Reads rollout `row` of a batch and verifies it. */
export function readRollout(
  source: {
    readonly context: RunContext;
    readonly task: Task;
    readonly batch: RolloutBatch;
    readonly phase: string;
    readonly step: number;
  },
  at: {
    readonly row: number;
    readonly problem: Problem;
    readonly problemIndex: number;
    readonly sampleIndex: number;
  },
): VerifiedRollout {
  const { context, task, batch, phase, step } = source;
  const { row, problem, problemIndex, sampleIndex } = at;
  const length = batch.completionLengths[row]!;
  const width = batch.promptLength + batch.completionLength;
  const firstToken = row * width + batch.promptLength;
  const firstScore = row * batch.completionLength;
  const ids = batch.tokens.subarray(firstToken, firstToken + length);
  const scoresOf = (column: Float32Array): Buffer => toBlob(column.subarray(firstScore, firstScore + length));
  const text = context.tokenizer.decode(ids, { skipSpecialTokens: true });
  const isTruncated = batch.finished[row] === 0;
  const tokenEnds = toTokenEnds({ text, isTruncated }, context.tokenizer.offsets(ids));
  const verdict = task.verify(problem, { text, isTruncated });
  return {
    problem: {
      task: task.name,
      split: phase,
      key: problem.key,
      prompt: problem.prompt,
      answer: problem.answer,
    },
    rollout: {
      runId: context.plan.runId,
      phase,
      step,
      problemIndex,
      sampleIndex,
      text,
      format: task.formatOf(text),
      tokenCount: length,
      isTruncated,
      tokens: toBlob(ids),
      tokenEnds: tokenEnds === null ? null : toBlob(tokenEnds),
      ...readLineage(batch, row),
      logprobs: scoresOf(batch.perToken.logprobs),
      entropies: scoresOf(batch.perToken.entropies),
    },
    verdict: {
      outcome: verdict.outcome,
      extractedAnswer: verdict.extractedAnswer,
      reason: verdict.reason ?? null,
    },
  };
}

/** Checks every rollout of a sampling round and records it with its verdict, in one transaction. */
export function createVerify({ db, artifacts, plans, held }: StoreDependencies) {
  return durable(async (input: VerifyInput, attempt): Promise<void> => {
    const context = await plans.readRun(input.plan);
    const { plan, task } = context;
    const { runId } = plan;
    const { step, round, rollouts } = input;
    const place = { runId, phase: 'train', step };
    const batch = decodeRollouts(await artifacts.read(rollouts));
    const source = { context, task, batch, phase: 'train', step };
    const records: VerifiedRollout[] = [];
    const problems = problemsOfRound(db, context, input);
    for (const members of listGroups(batch.groups)) {
      // A group's number is its problem's index in the step.
      const problemIndex = batch.groups[members[0]!]!;
      const problem = problems.get(problemIndex)!;
      members.forEach((row, sampleIndex) =>
        records.push(readRollout(source, { row, problem, problemIndex, sampleIndex })),
      );
      await attempt.pause();
    }
    const rows = writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `verify/${round}` }));
      return recordVerifiedRollouts(tx, place, records);
    });
    held.hold({ runId, step, round }, { sha256: rollouts.sha256, batch, rows });
  });
}
