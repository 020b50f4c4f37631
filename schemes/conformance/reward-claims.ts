import type { Need } from '../../config/part.ts';
import type { Outcome, Verdict } from '../../tasks/verdict.ts';
import { needJudge } from '../judges/judge.ts';
import {
  scoreReward,
  type GroupMember,
  type Reward,
  type RewardInput,
  type Score,
} from '../rewards/reward.ts';
import type { Claim } from './claims.ts';
import { input, judgementOf, memberOf, verdictOf } from './reward-input.ts';

const judgements = {
  checks: [
    judgementOf('shows-steps', 1),
    judgementOf('steps-correct', 0),
    judgementOf('ends-properly', 'not-applicable'),
  ],
  other: [judgementOf('shows-steps', 0.25)],
};

/** The others of the group are right; the base was mostly wrong. */
function createRollout(verdict: Verdict, change: Partial<GroupMember>): RewardInput {
  const shared = { judgements, referenceGap: 0.5, pool: { answers: { '10': 20, '11': 40 } } };
  const companions = [0.9, 0.1].map((disparity, at) =>
    memberOf(verdictOf('correct', '10'), {
      ...{ ...shared, confidence: { disparity, meanProbability: 0.7 }, order: at },
    }),
  );
  const confidence = { disparity: 0.6, meanProbability: 0.4 };
  const own = memberOf(verdict, { ...shared, confidence, order: 0.5, ...change });
  return input({ ...own, group: [own, ...companions] });
}

const verdicts = (['correct', 'incorrect', 'malformed', 'unverifiable'] as const).flatMap((outcome) =>
  ['10', '11', 'ten', null].map((answer) => verdictOf(outcome, answer)),
);
const changes: readonly Partial<GroupMember>[] = [
  ...[1, 16, 17, 20].map((tokenCount) => ({ tokenCount })),
  ...[0, 0.02, 0.5, 1].map((statedConfidence) => ({ statedConfidence })),
  ...[0, 0.25, 0.75].map((draw) => ({ draw })),
  { completion: '[55;52]#10', format: 'scratchpad' },
  { completion: '[55', format: 'other', isTruncated: true },
  { format: 'scratchpad' },
];
/** Rollouts of every verdict, long and short, of one group each. */
export const exampleRollouts: readonly RewardInput[] = verdicts.flatMap((verdict) =>
  changes.map((change) => createRollout(verdict, change)),
);

/** The rollout and its group, each changed in the same way. */
function changeAll(rollout: RewardInput, change: (one: GroupMember) => Partial<GroupMember>): RewardInput {
  return {
    ...rollout,
    ...change(rollout),
    group: rollout.group.map((member) => ({ ...member, ...change(member) })),
  };
}

/** The same rollout with right and wrong exchanged. */
function relabel(rollout: RewardInput): RewardInput {
  const exchanged: Partial<Record<Outcome, Outcome>> = { correct: 'incorrect', incorrect: 'correct' };
  return changeAll(rollout, ({ problem, verdict }) => ({
    problem: { ...problem, answer: '11' },
    verdict: { ...verdict, outcome: exchanged[verdict.outcome] ?? verdict.outcome },
  }));
}

/** The rollout as it is seen where nothing but `needs` is gathered. */
function deprive(rollout: RewardInput, needs: readonly Need[]): RewardInput {
  const keep = <Value>(need: Need, value: Value): Value | null => (needs.includes(need) ? value : null);
  const blur = (confidence: GroupMember['confidence']): GroupMember['confidence'] =>
    confidence === null ? null : { ...confidence, disparity: keep('disparities', confidence.disparity) };
  return changeAll(rollout, (one) => ({
    confidence: blur(one.confidence),
    judgements: Object.fromEntries(
      Object.entries(one.judgements).filter(([judge]) => needs.includes(needJudge(judge))),
    ),
    statedConfidence: keep('statedConfidence', one.statedConfidence),
    referenceGap: keep('referenceLogprobs', one.referenceGap),
    pool: keep('pool', one.pool),
  }));
}

/** A reward and the options that it is tried with. */
export interface TriedReward {
  readonly part: Reward<object>;
  readonly settings: readonly object[];
}

type Options = Readonly<Record<string, unknown>>;

function describe(options: object, rollout: RewardInput): string {
  const { completion, verdict, tokenCount, draw } = rollout;
  return `options ${JSON.stringify(options)}, on ${JSON.stringify({ completion, verdict, tokenCount, draw })}`;
}

/** The first of many that say the same. */
function summarize(found: readonly string[]): string[] {
  const [first] = found;
  if (first === undefined) return [];
  return [found.length === 1 ? first : `${first}; and ${found.length - 1} more like it`];
}

/** Where a rollout's score is another once the rollout is changed in a way that must not matter. */
function findDifferences(
  { part, settings }: TriedReward,
  change: (rollout: RewardInput, options: object) => RewardInput,
): string[] {
  const found = settings.flatMap((options) => {
    const score = (rollout: RewardInput): Score =>
      scoreReward({ part, options: options as Options }, rollout);
    return exampleRollouts.flatMap((rollout) => {
      const [plain, changed] = [score(rollout), score(change(rollout, options))];
      return Object.is(plain, changed)
        ? []
        : [`found ${plain}, then ${changed}; ${describe(options, rollout)}`];
    });
  });
  return summarize(found);
}

const reverseFindings = (rollout: RewardInput): RewardInput =>
  changeAll(rollout, ({ judgements: found }) => ({
    judgements: Object.fromEntries(
      Object.entries(found).map(([judge, ofJudge]) => [judge, ofJudge.toReversed()]),
    ),
  }));

function findChangedInputs({ part, settings }: TriedReward): string[] {
  return summarize(
    settings.flatMap((options) =>
      exampleRollouts.flatMap((rollout) => {
        const own = structuredClone(rollout);
        scoreReward({ part, options: options as Options }, own);
        return JSON.stringify(own) === JSON.stringify(rollout)
          ? []
          : [`it changed its input; ${describe(options, rollout)}`];
      }),
    ),
  );
}

function findWrongSight({ part, settings }: TriedReward): string[] {
  return settings.flatMap((options) => {
    const reward = { part, options: options as Options };
    const doLabelsMatter = exampleRollouts.some(
      (rollout) => scoreReward(reward, rollout) !== scoreReward(reward, relabel(rollout)),
    );
    const [found, expected] = [part.sees?.(options) ?? 'nothing', doLabelsMatter ? 'labels' : 'nothing'];
    if (found === expected) return [];
    return [
      `with options ${JSON.stringify(options)} it sees '${found}', expected '${expected}': another reference answer ` +
        `${doLabelsMatter ? 'changes' : 'never changes'} its score`,
    ];
  });
}

/** What rewards that compute promise. Those that are asked answer for themselves. */
export const rewardClaims: readonly Claim<TriedReward>[] = [
  {
    claim: 'its value is finite or null, and the same again',
    find: (tried) => findDifferences(tried, (rollout) => rollout),
  },
  { claim: 'it leaves its input alone', find: findChangedInputs },
  { claim: 'it says that it sees labels exactly when they change its value', find: findWrongSight },
  {
    claim: 'it reads nothing but what it says it needs',
    find: (tried) =>
      findDifferences(tried, (rollout, options) => deprive(rollout, tried.part.needs?.(options) ?? [])),
  },
  {
    claim: 'the order in which a judge’s findings stand does not matter',
    find: (tried) => findDifferences(tried, reverseFindings),
  },
];
