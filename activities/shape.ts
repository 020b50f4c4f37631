import { commitAttempt } from '../db/attempts.ts';
import { writeTransaction } from '../db/connection.ts';
import { recordShaping, type ShapedRollout } from '../db/rollouts.ts';
import { estimateCredit } from '../learning/estimate-credit.ts';
import { addColumns } from '../rollouts/rollout-batch.ts';
import { selectRows } from '../rollouts/select-rows.ts';
import type { ArtifactRef } from '../spec/plan.ts';
import { durable, stageKey } from './durable.ts';
import type { HeldRound } from './held-rollouts.ts';
import { readRounds } from './read-rounds.ts';
import { isMixed, keepGroups, rewardGroups, type RewardedGroup } from './reward-groups.ts';
import { indexRollouts } from './reward-input.ts';
import { encodeRollouts } from './rollout-file.ts';
import type { StoreDependencies } from './store-dependencies.ts';

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

/** The rounds with what shaping decided for their rollouts. */
function withShaping(rounds: readonly HeldRound[], shaped: readonly ShapedRollout[]): HeldRound[] {
  const byRollout = new Map(shaped.map((decided) => [decided.rolloutId, decided]));
  return rounds.map((round) => ({
    ...round,
    rows: round.rows.map((row) => {
      const { reward, advantage, isKept, credit } = byRollout.get(row.id)!;
      return { ...row, reward, advantage, isKept, credit };
    }),
  }));
}

/**
 * Pure arithmetic on what is stored: reward components → gates → advantages → per-token credit. Writes the numbers beside
 * the rollouts and the batch that the update trains on as an artifact.
 */
export function createShape(dependencies: StoreDependencies) {
  const { db, artifacts, plans, held } = dependencies;
  return durable(async (input: ShapeInput, attempt): Promise<ShapedStep> => {
    const context = await plans.readRun(input.plan);
    const { runId, condition } = context.plan;
    const { scheme, training } = condition;
    const { step } = input;
    const round = input.rounds.length - 1;
    const rounds = await readRounds(dependencies, context, input);
    const place = indexRollouts(rounds.map(({ batch }) => batch));
    const rows = rounds.flatMap((sampled) => sampled.rows);
    const groups = rewardGroups(db, context, { scheme, rows, place });
    const kept = keepGroups(groups, scheme, training.promptsPerStep);
    const merged = selectRows(
      kept.flatMap((group) => group.rows.map(place)),
      context.tokenizer.padId,
    );
    const rewards = kept.flatMap((group) => group.rewards.map(({ reward }) => reward));
    const { advantages, credit, tokenMask, targets } = estimateCredit(merged, {
      rewards,
      maskTruncated: scheme.gates.maskTruncated,
      options: scheme.advantage,
    });
    const path = `runs/${runId}/step-${step}/shaped-${round}-{sha}.safetensors`;
    const perToken = { credit, tokenMask };
    const credited = addColumns(merged, { perToken, perRollout: { advantages } });
    const taught = targets === null ? credited : addColumns(credited, { perToken: targets });
    const batch = await artifacts.write(path, encodeRollouts(taught));
    const width = merged.completionLength;
    const shaped = toShapedRollouts(groups, kept, { advantages, credit, width });
    writeTransaction(db, (tx) => {
      commitAttempt(tx, stageKey(input, attempt, { runId, stage: `shape/${round}` }));
      recordShaping(tx, shaped);
    });
    withShaping(rounds, shaped).forEach((done, at) => held.hold({ runId, step, round: at }, done));
    const isShort = scheme.gates.dropUniformGroups && groups.filter(isMixed).length < training.promptsPerStep;
    return { batch, wantsAnotherRound: isShort && input.rounds.length < scheme.gates.maxSamplingRounds };
  });
}
