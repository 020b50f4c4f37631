import { beginAttempt, finishAttempt } from '../db/attempts.ts';
import { writeTransaction } from '../db/connection.ts';
import { listPoolAnswers } from '../db/evaluations.ts';
import {
  listJudgements,
  listRollouts,
  recordShaping,
  type RolloutWithVerdict,
  type ShapedRollout,
} from '../db/rollouts.ts';
import { estimateCredit } from '../learning/estimate-credit.ts';
import type { RolloutBatch } from '../model/sampler.ts';
import { combineRewards, type CombinedReward } from '../rewards/combine-rewards.ts';
import { openReward } from '../rewards/index.ts';
import type { JudgedCriterion } from '../rewards/rubric.ts';
import type { ArtifactRef } from '../spec/plan.ts';
import type { Scheme } from '../spec/scheme.ts';
import { durable } from './durable.ts';
import { mergeRollouts } from './merge-rollouts.ts';
import { placeRollout, toRewardInputs, type GroupSignals } from './reward-input.ts';
import { decodeRollouts, encodeShapedBatch } from './rollout-artifact.ts';
import { poolIndex, type RunContext } from './run-context.ts';
import type { StoreDependencies } from './store-dependencies.ts';

export interface ShapeInput {
  readonly plan: ArtifactRef;
  readonly step: number;
  /** Rollouts of each sampling round so far. */
  readonly rounds: readonly ArtifactRef[];
}

export interface ShapedStep {
  readonly batch: ArtifactRef;
  /** The gates kept too few groups and allow another sampling round. */
  readonly wantsAnotherRound: boolean;
}

interface Group {
  readonly rows: readonly RolloutWithVerdict[];
  readonly rewards: readonly CombinedReward[];
}

function rewardGroup(context: RunContext, rows: readonly RolloutWithVerdict[], signals: GroupSignals): Group {
  const components = context.plan.condition.scheme.rewards.map(({ component, weight, options }) => ({
    weight,
    reward: openReward(component, options),
  }));
  const rewards = toRewardInputs(context, rows, signals).map((input) =>
    combineRewards(
      components.map(({ weight, reward }) => ({ name: reward.name, weight, value: reward.score(input) })),
    ),
  );
  return { rows, rewards };
}

/** Some but not all rollouts are correct, so the group says something about its prompt. */
function isMixed(group: Group): boolean {
  const correct = group.rows.filter((row) => row.verdict.outcome === 'correct').length;
  return correct > 0 && correct < group.rows.length;
}

/** The groups that may teach; all of them when the gate would leave none. */
function keepGroups(groups: readonly Group[], scheme: Scheme, wanted: number): readonly Group[] {
  if (!scheme.gates.dropUniformGroups) return groups;
  const mixed = groups.filter(isMixed).slice(0, wanted);
  return mixed.length > 0 ? mixed : groups.slice(0, wanted);
}

function toShapedRollouts(
  groups: readonly Group[],
  kept: readonly Group[],
  shaped: { readonly advantages: Float32Array; readonly credit: Float32Array; readonly width: number },
): ShapedRollout[] {
  const keptRows = new Map(kept.flatMap((group) => group.rows).map((row, at) => [row.id, at]));
  return groups.flatMap((group) =>
    group.rows.map((row, i) => {
      const at = keptRows.get(row.id);
      const reward = group.rewards[i]!;
      const decided = { rolloutId: row.id, reward: reward.reward, components: reward.components };
      if (at === undefined) return { ...decided, advantage: null, isKept: false, credit: null };
      const begin = at * shaped.width;
      const credit = shaped.credit.slice(begin, begin + row.tokenCount);
      return {
        ...decided,
        advantage: shaped.advantages[at]!,
        isKept: true,
        credit: Buffer.from(credit.buffer),
      };
    }),
  );
}

/** What the base model answered to a rollout's problem, where the run trains on a pool that was sampled before. */
function votesOn(
  { plan }: RunContext,
  { step, problemIndex }: RolloutWithVerdict,
  pool: ReadonlyMap<number, Record<string, number>>,
): GroupSignals['pool'] {
  const { promptsPerStep } = plan.condition.training;
  const round = Math.floor(problemIndex / promptsPerStep);
  const index = poolIndex(plan, { step, round, position: problemIndex % promptsPerStep });
  const answers = index === null ? undefined : pool.get(index);
  return answers === undefined ? null : { answers };
}

/** The groups of the first `rounds` sampling rounds; an earlier execution may have recorded more of them already. */
function readGroups(
  db: StoreDependencies['db'],
  context: RunContext,
  at: { readonly step: number; readonly batches: readonly RolloutBatch[] },
): Group[] {
  const end = at.batches.length * context.plan.condition.training.promptsPerStep;
  const rows = listRollouts(db, { runId: context.plan.runId, phase: 'train', step: at.step }).filter(
    (row) => row.problemIndex < end,
  );
  const judged = listJudgements(
    db,
    rows.map((row) => row.id),
  ) as ReadonlyMap<number, readonly JudgedCriterion[]>;
  const pool = listPoolAnswers(db, context.plan.runId);
  const byProblem = new Map<number, RolloutWithVerdict[]>();
  for (const row of rows) byProblem.set(row.problemIndex, [...(byProblem.get(row.problemIndex) ?? []), row]);
  return [...byProblem.values()].map((group) => {
    const signals = { judged, batches: at.batches, pool: votesOn(context, group[0]!, pool) };
    return rewardGroup(context, group, signals);
  });
}

/**
 * Pure arithmetic on what is stored: reward components → gates → advantages → per-token credit. Writes the numbers beside
 * the rollouts and the batch that the update trains on as an artifact.
 */
export function createShape({ db, artifacts, plans }: StoreDependencies) {
  return durable(async (input: ShapeInput, attempt): Promise<ShapedStep> => {
    const context = await plans.readRun(input.plan);
    const { scheme, training } = context.plan.condition;
    const round = input.rounds.length - 1;
    const key = {
      runId: context.plan.runId,
      stage: `shape/${round}`,
      step: input.step,
      attempt: attempt.number,
    };
    const lease = beginAttempt(db, key, attempt.workerId);
    const batches = await Promise.all(
      input.rounds.map(async (ref) => decodeRollouts(await artifacts.read(ref))),
    );
    const groups = readGroups(db, context, { step: input.step, batches });
    const kept = keepGroups(groups, scheme, training.promptsPerStep);
    const merged = mergeRollouts(
      kept.flatMap(({ rows }) =>
        rows.map((rollout) => {
          const { round, row } = placeRollout(context, rollout);
          return { batch: batches[round]!, row };
        }),
      ),
      context.tokenizer.padId,
    );
    const rewards = kept.flatMap((group) => group.rewards.map(({ reward }) => reward));
    const { advantages, credit, tokenMask, targets } = estimateCredit({
      ...merged,
      rewards,
      groupSize: training.groupSize,
      maskTruncated: scheme.gates.maskTruncated,
      options: scheme.advantage,
    });
    const path = `runs/${context.plan.runId}/step-${input.step}/shaped-${round}-{sha}.safetensors`;
    const taught = { ...merged, advantages, credit, tokenMask, ...targets };
    const batch = await artifacts.write(path, encodeShapedBatch(taught));
    const width = merged.completionLength;
    const shaped = toShapedRollouts(groups, kept, { advantages, credit, width });
    writeTransaction(db, (tx) => {
      recordShaping(tx, shaped);
      finishAttempt(tx, lease);
    });
    const isShort = scheme.gates.dropUniformGroups && groups.filter(isMixed).length < training.promptsPerStep;
    return { batch, wantsAnotherRound: isShort && input.rounds.length < scheme.gates.maxSamplingRounds };
  });
}
