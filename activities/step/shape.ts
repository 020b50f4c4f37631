import { commitAttempt } from '../../db/queries/attempts.ts';
import { writeTransaction } from '../../db/store/connection.ts';
import { recordShaping, type ShapedRollout } from '../../db/queries/rollouts.ts';
import { estimateCredit } from '../../schemes/credit/estimate-credit.ts';
import type { ShapedBatch } from '../../rollouts/rollout-batch.ts';
import { selectRows } from '../../rollouts/select-rows.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import { durable, stageKey } from '../durable.ts';
import { toBlob } from '../../db/blobs.ts';
import type { HeldRound } from './held-rollouts.ts';
import { countWanted } from '../dataset/dataset-rows.ts';
import { readRounds } from './read-rounds.ts';
import { countRounds, passGates, rewardGroups, toEstimateCall, type RewardedGroup } from './reward-groups.ts';
import { placeRollouts } from './reward-input.ts';
import { encodeRollouts } from './rollout-file.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

export interface ShapeInput {
  readonly plan: ArtifactRef;
  readonly epoch: number;
  readonly step: number;
  /** Rollouts of each sampling round so far. */
  readonly rounds: readonly ArtifactRef[];
}

export interface ShapedStep {
  readonly batch: ArtifactRef;
  /** The gates kept too few groups and allow another sampling round. */
  readonly wantsAnotherRound: boolean;
}

function toShapedRollouts(
  groups: readonly RewardedGroup[],
  kept: readonly RewardedGroup[],
  { completionLength: width, perToken, perRollout }: ShapedBatch,
): ShapedRollout[] {
  const keptRows = new Map(kept.flatMap((group) => group.rows).map(({ rollout }, at) => [rollout.id, at]));
  return groups.flatMap((group) =>
    group.rows.map(({ rollout: row }, i) => {
      const at = keptRows.get(row.id);
      const reward = group.rewards[i]!;
      const decided = { rolloutId: row.id, reward: reward.reward, components: reward.components };
      if (at === undefined) {
        return { ...decided, advantage: null, isKept: false, credit: null, tokenWeights: null };
      }
      const begin = at * width;
      const blobOf = (values: Float32Array): Buffer => toBlob(values.subarray(begin, begin + row.tokenCount));
      return {
        ...decided,
        advantage: perRollout.advantages[at]!,
        isKept: true,
        credit: blobOf(perToken.credit),
        tokenWeights: perToken.tokenWeights === undefined ? null : blobOf(perToken.tokenWeights),
      };
    }),
  );
}

/** The rounds with what shaping decided for their rollouts. */
function withShaping(rounds: readonly HeldRound[], shaped: readonly ShapedRollout[]): HeldRound[] {
  const byRollout = new Map(shaped.map((decided) => [decided.rolloutId, decided]));
  return rounds.map((round) => ({
    ...round,
    rows: round.rows.map((row) => {
      const { reward, advantage, isKept, credit, tokenWeights } = byRollout.get(row.id)!;
      return { ...row, reward, advantage, isKept, credit, tokenWeights };
    }),
  }));
}

/**
 * Pure arithmetic on what is stored: rewards → gates → advantages → credit and weight of tokens. Writes the numbers beside
 * the rollouts and the batch that the update trains on as an artifact.
 */
export function createShape(dependencies: StoreDependencies) {
  const { db, artifacts, plans, held } = dependencies;
  return durable(async (input: ShapeInput, attempt): Promise<ShapedStep> => {
    const context = await plans.readRun(input.plan);
    const { runId } = context.plan;
    const { scheme } = context;
    const { step } = input;
    const round = input.rounds.length - 1;
    const rounds = await readRounds(dependencies, context, input);
    const rows = rounds.flatMap((sampled) => placeRollouts(sampled.batch, sampled.rows));
    const groups = rewardGroups(db, context, { scheme, rows });
    const { kept, isShort } = passGates(groups, scheme.gates, countWanted(context.plan));
    const merged = selectRows(
      kept.flatMap((group) => group.rows),
      context.tokenizer.padId,
    );
    const taught = estimateCredit(merged, toEstimateCall(kept, scheme));
    const path = `runs/${runId}/step-${step}/shaped-${round}-{sha}.safetensors`;
    const batch = await artifacts.write(path, encodeRollouts(taught));
    const shaped = toShapedRollouts(groups, kept, taught);
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `shape/${round}` }));
      recordShaping(tx, shaped);
    });
    withShaping(rounds, shaped).forEach((done, at) => held.hold({ runId, step, round: at }, done));
    return { batch, wantsAnotherRound: isShort && input.rounds.length < countRounds(scheme.gates) };
  });
}
