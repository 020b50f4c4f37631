import type { Database } from '../../db/store/connection.ts';
import { listPoolAnswers } from '../../db/queries/evaluations.ts';
import { listJudgements, type JudgementRow } from '../../db/queries/judgements.ts';
import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { listGroups } from '../../rollouts/groups.ts';
import type { EstimateCall } from '../../schemes/credit/estimate-credit.ts';
import type { GatedRollout } from '../../schemes/gates/gate.ts';
import { listAsked, type OpenScheme } from '../../schemes/open-scheme.ts';
import { combineRewards, type CombinedReward } from '../../schemes/rewards/combine-rewards.ts';
import { answererOf } from '../../schemes/rewards/measure-answers.ts';
import {
  deadlineOf,
  MissingSignalError,
  scoreReward,
  type RewardInput,
  type Score,
} from '../../schemes/rewards/reward.ts';
import { toRewardInputs, type GroupSignals, type PlacedRollout } from './reward-input.ts';
import { poolIndex, type RunContext } from '../run/run-context.ts';
import { placeOfPrompt } from '../dataset/dataset-rows.ts';

/** The rollouts of one prompt, and what a scheme rewards each of them with. */
export interface RewardedGroup {
  readonly rows: readonly PlacedRollout[];
  readonly rewards: readonly CombinedReward[];
}

/** A rollout, and all that rewards may look at for it. */
export interface RewardedRollout {
  readonly rollout: RolloutWithVerdict;
  readonly input: RewardInput;
}

/** What was found of rollouts beside their verdicts, by rollout id: findings of judges, and answers of asked rewards. */
type Found = ReadonlyMap<number, readonly JudgementRow[]>;

/** The value of one reward for one rollout; that of an asked one is what was answered. @throws MissingSignalError */
function valueOf(
  reward: OpenScheme['rewards'][number],
  { rollout, input }: RewardedRollout,
  found: Found,
): Score {
  if (deadlineOf(reward) === null) return scoreReward(reward, input);
  const { name } = reward.part;
  const answer = found.get(rollout.id)?.find(({ judge }) => judge === answererOf(name));
  if (answer !== undefined) return answer.score;
  const mend = 'a run can be rescored with the scores that it asked for itself alone';
  throw new MissingSignalError(name, `an answer on rollout ${rollout.id}`, { mend });
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
function listJudged({ judges }: OpenScheme, found: Found): GroupSignals['judged'] {
  if (judges.length === 0) return new Map();
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

/** The rollouts of a step with a scheme whose rewards look at them. */
interface Rewarding {
  readonly scheme: OpenScheme;
  readonly rows: readonly PlacedRollout[];
}

function listFound(db: Database, { scheme, rows }: Rewarding): Found {
  if (scheme.judges.length === 0 && listAsked(scheme).length === 0) return new Map();
  return listJudgements(
    db,
    rows.map(({ rollout }) => rollout.id),
  );
}

/** The prompts of a step's stored rollouts, each rollout with all that rewards may look at. */
export function listRewardInputs(
  db: Database,
  context: RunContext,
  of: Rewarding,
  found = listFound(db, of),
): (readonly (PlacedRollout & RewardedRollout)[])[] {
  const { runId, condition } = context.plan;
  const judged = listJudged(of.scheme, found);
  const pool = condition.training.pool === null ? new Map() : listPoolAnswers(db, runId);
  return groupByPrompt(of.rows).map((group) => {
    const signals = { judged, pool: votesOn(context, group[0]!.rollout, pool) };
    return toRewardInputs(context, group, signals).map((input, at) => ({ ...group[at]!, input }));
  });
}

/** The prompts of a step's stored rollouts, with what a scheme rewards each rollout with. */
export function rewardGroups(db: Database, context: RunContext, of: Rewarding): RewardedGroup[] {
  const found = listFound(db, of);
  const combine = (rollout: RewardedRollout): CombinedReward =>
    combineRewards(
      of.scheme.rewards.map((reward) => ({
        name: reward.part.name,
        weight: reward.weight,
        value: valueOf(reward, rollout, found),
      })),
    );
  return listRewardInputs(db, context, of, found).map((rows) => ({ rows, rewards: rows.map(combine) }));
}
