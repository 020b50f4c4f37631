import type { Database } from '../db/connection.ts';
import { listPoolAnswers } from '../db/evaluations.ts';
import { listJudgements, type RolloutWithVerdict } from '../db/rollouts.ts';
import { combineRewards, type CombinedReward } from '../rewards/combine-rewards.ts';
import { openReward, rewardNeeds } from '../rewards/index.ts';
import type { JudgedCriterion } from '../rewards/rubric.ts';
import type { Scheme } from '../spec/scheme.ts';
import { toRewardInputs, type GroupSignals, type PlaceRollout } from './reward-input.ts';
import { poolIndex, type RunContext } from './run-context.ts';

/** The rollouts of one prompt, and what a scheme rewards each of them with. */
export interface RewardedGroup {
  readonly rows: readonly RolloutWithVerdict[];
  readonly rewards: readonly CombinedReward[];
}

/** What turns the rollouts of one prompt into rewards under a scheme. */
function createRewarding(context: RunContext, scheme: Scheme) {
  const components = scheme.rewards.map(({ component, weight, options }) => ({
    weight,
    reward: openReward(component, options),
  }));
  return (rows: readonly RolloutWithVerdict[], signals: GroupSignals): RewardedGroup => {
    const rewards = toRewardInputs(context, rows, signals).map((input) =>
      combineRewards(
        components.map(({ weight, reward }) => ({ name: reward.name, weight, value: reward.score(input) })),
      ),
    );
    return { rows, rewards };
  };
}

/** Some but not all rollouts are correct, so the group says something about its prompt. */
export function isMixed(group: RewardedGroup): boolean {
  const correct = group.rows.filter((row) => row.verdict.outcome === 'correct').length;
  return correct > 0 && correct < group.rows.length;
}

/** The groups that may teach; all of them when the gate would leave none. */
export function keepGroups(
  groups: readonly RewardedGroup[],
  scheme: Scheme,
  wanted: number,
): readonly RewardedGroup[] {
  if (!scheme.gates.dropUniformGroups) return groups;
  const mixed = groups.filter(isMixed).slice(0, wanted);
  return mixed.length > 0 ? mixed : groups.slice(0, wanted);
}

/** Rollouts by their prompt, in the order of their first ones. */
function groupByPrompt(rows: readonly RolloutWithVerdict[]): RolloutWithVerdict[][] {
  const byProblem = new Map<number, RolloutWithVerdict[]>();
  for (const row of rows) byProblem.set(row.problemIndex, [...(byProblem.get(row.problemIndex) ?? []), row]);
  return [...byProblem.values()];
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

/** What the judge found, where a reward reads it. */
function listJudged(
  db: Database,
  scheme: Scheme,
  rows: readonly RolloutWithVerdict[],
): GroupSignals['judged'] {
  if (!rewardNeeds(scheme.rewards).has('rubric')) return new Map();
  const ids = rows.map((row) => row.id);
  return listJudgements(db, ids) as ReadonlyMap<number, readonly JudgedCriterion[]>;
}

/** The prompts of a step's stored rollouts, with what a scheme rewards each rollout with. */
export function rewardGroups(
  db: Database,
  context: RunContext,
  of: {
    readonly scheme: Scheme;
    readonly rows: readonly RolloutWithVerdict[];
    readonly place: PlaceRollout;
  },
): RewardedGroup[] {
  const { scheme, rows, place } = of;
  const { runId, condition } = context.plan;
  const judged = listJudged(db, scheme, rows);
  const pool = condition.training.pool === null ? new Map() : listPoolAnswers(db, runId);
  const reward = createRewarding(context, scheme);
  return groupByPrompt(rows).map((group) =>
    reward(group, { judged, place, pool: votesOn(context, group[0]!, pool) }),
  );
}
