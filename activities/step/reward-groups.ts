import type { Database } from '../../db/store/connection.ts';
import { listPoolAnswers } from '../../db/queries/evaluations.ts';
import { listJudgements } from '../../db/queries/judgements.ts';
import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { listGroups } from '../../rollouts/groups.ts';
import type { EstimateCall } from '../../schemes/credit/estimate-credit.ts';
import type { GatedRollout } from '../../schemes/gates/gate.ts';
import type { OpenScheme } from '../../schemes/open-scheme.ts';
import { combineRewards, type CombinedReward } from '../../schemes/rewards/combine-rewards.ts';
import { scoreReward, type RewardInput } from '../../schemes/rewards/reward.ts';
import { toRewardInputs, type GroupSignals, type PlacedRollout } from './reward-input.ts';
import { poolIndex, type RunContext } from '../run/run-context.ts';
import { placeOfPrompt } from '../dataset/dataset-rows.ts';

/** The rollouts of one prompt, and what a scheme rewards each of them with. */
export interface RewardedGroup {
  readonly rows: readonly PlacedRollout[];
  readonly rewards: readonly CombinedReward[];
}

/** What turns the rollouts of one prompt into rewards under a scheme. */
function createRewarding(context: RunContext, { rewards }: OpenScheme) {
  return (rows: readonly PlacedRollout[], signals: GroupSignals): RewardedGroup => {
    const combined = toRewardInputs(context, rows, signals).map((input) =>
      combineRewards(
        rewards.map((reward) => ({
          name: reward.part.name,
          weight: reward.weight,
          value: scoreReward(reward, input),
        })),
      ),
    );
    return { rows, rewards: combined };
  };
}

type OpenGates = OpenScheme['gates'];

function toGated({ rows, rewards }: RewardedGroup): GatedRollout[] {
  return rows.map(({ rollout: { verdict, isTruncated } }, i) => ({
    outcome: verdict.outcome,
    reward: rewards[i]!.reward,
    isTruncated,
  }));
}

/** The most sampling rounds of a step that any gate asks for. */
export function countRounds(gates: OpenGates): number {
  return Math.max(1, ...gates.map(({ part, options }) => part.rounds?.(options) ?? 1));
}

/** The groups that may teach, at most `wanted`; the first ones when the gates would leave none. `isShort`: more could be sampled. */
export function passGates(
  groups: readonly RewardedGroup[],
  gates: OpenGates,
  wanted: number,
): { readonly kept: readonly RewardedGroup[]; readonly isShort: boolean } {
  const ofGroups = gates.filter(({ part }) => part.keeps !== undefined);
  if (ofGroups.length === 0) return { kept: groups, isShort: false };
  const passing = groups.filter((group) => {
    const gated = toGated(group);
    return ofGroups.every(({ part, options }) => part.keeps!(gated, options));
  });
  const kept = (passing.length > 0 ? passing : groups).slice(0, wanted);
  return { kept, isShort: passing.length < wanted };
}

/** What the credit of these groups is estimated from. */
export function toEstimateCall(
  groups: readonly RewardedGroup[],
  { gates, comparisons, credit }: OpenScheme,
): EstimateCall {
  const rewards = groups.flatMap((group) => group.rewards.map(({ reward }) => reward));
  const gated = groups.flatMap(toGated);
  const counts = gated.map((rollout) =>
    gates.every(({ part, options }) => part.counts?.(rollout, options) ?? true),
  );
  return { rewards, counts, comparisons, credit };
}

/** Rollouts by their prompt, in the order of their first ones. */
function groupByPrompt(rows: readonly PlacedRollout[]): PlacedRollout[][] {
  const problems = Int32Array.from(rows, ({ rollout }) => rollout.problemIndex);
  return listGroups(problems).map((members) => members.map((at) => rows[at]!));
}

/** What the base model answered to a rollout's problem, where the run trains on a pool that was sampled before. */
function votesOn(
  { plan }: RunContext,
  rollout: RolloutWithVerdict,
  pool: ReadonlyMap<number, Record<string, number>>,
): GroupSignals['pool'] {
  const index = poolIndex(plan, placeOfPrompt(plan, rollout));
  const answers = index === null ? undefined : pool.get(index);
  return answers === undefined ? null : { answers };
}

/** What judges found of each rollout, by the judge's name, where a reward reads it. */
function listJudged(
  db: Database,
  { judges }: OpenScheme,
  rows: readonly PlacedRollout[],
): GroupSignals['judged'] {
  if (judges.length === 0) return new Map();
  const found = listJudgements(
    db,
    rows.map(({ rollout }) => rollout.id),
  );
  return new Map(
    [...found].map(([id, ofRollout]) => {
      const named = judges.map(({ part: { name } }) => [
        name,
        ofRollout.filter(({ judge }) => judge === name),
      ]);
      return [id, Object.fromEntries(named) as RewardInput['judgements']];
    }),
  );
}

/** The prompts of a step's stored rollouts, with what a scheme rewards each rollout with. */
export function rewardGroups(
  db: Database,
  context: RunContext,
  of: { readonly scheme: OpenScheme; readonly rows: readonly PlacedRollout[] },
): RewardedGroup[] {
  const { scheme, rows } = of;
  const { runId, condition } = context.plan;
  const judged = listJudged(db, scheme, rows);
  const pool = condition.training.pool === null ? new Map() : listPoolAnswers(db, runId);
  const reward = createRewarding(context, scheme);
  return groupByPrompt(rows).map((group) =>
    reward(group, { judged, pool: votesOn(context, group[0]!.rollout, pool) }),
  );
}
