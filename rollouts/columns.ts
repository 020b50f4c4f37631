/** What a batch of rollouts knows per token, [N, T], per rollout, [N], or of all V tokens that could stand at a place, [N, T, V]. */
export type ColumnLevel = 'token' | 'rollout' | 'vocabulary';

export interface ColumnDescription {
  readonly level: ColumnLevel;
  /** null: a pure number */
  readonly unit: 'nats' | 'reward' | null;
  readonly sentence: string;
}

/**
 * The columns that Assay itself writes. A batch may hold further ones under names of their own: everything that selects,
 * joins or stores rollouts carries whatever is there. All are float32 and 0 on padding.
 */
export const columns = {
  logprobs: {
    level: 'token',
    unit: 'nats',
    sentence: 'logprob of the token under the behavior policy at the sampling temperature (at 1 when greedy)',
  },
  entropies: {
    level: 'token',
    unit: 'nats',
    sentence: 'entropy of the distribution that the token was sampled from',
  },
  disparities: {
    level: 'token',
    unit: null,
    sentence: 'first minus second probability of the distribution that the token was sampled from',
  },
  referenceLogprobs: {
    level: 'token',
    unit: 'nats',
    sentence: 'logprob of the token under the reference policy at the sampling temperature',
  },
  teacherLogprobs: {
    level: 'token',
    unit: 'nats',
    sentence: 'logprob of the token under the teacher at the sampling temperature',
  },
  teacherDistributions: {
    level: 'vocabulary',
    unit: 'nats',
    sentence:
      'logprob of every token under the teacher at the sampling temperature, where this one was sampled',
  },
  values: {
    level: 'token',
    unit: 'reward',
    sentence: 'the critic’s value, when the rollout was sampled, of the state before the token',
  },
  credit: {
    level: 'token',
    unit: 'reward',
    sentence: 'the advantage that the token is credited with; 0 where the token mask is 0',
  },
  tokenMask: { level: 'token', unit: null, sentence: '1 where a sampled token counts in the loss, else 0' },
  tokenWeights: {
    level: 'token',
    unit: null,
    sentence:
      'what the policy gradient of the token is multiplied by; where there is no such column, the token mask',
  },
  returns: {
    level: 'token',
    unit: 'reward',
    sentence: 'what the critic’s value of the state should have been; 0 where the value mask is 0',
  },
  valueMask: { level: 'token', unit: null, sentence: '1 where a value and its return count, else 0' },
  advantages: {
    level: 'rollout',
    unit: 'reward',
    sentence: 'the rollout’s advantage; where tokens have credit of their own, its mean',
  },
} as const satisfies Readonly<Record<string, ColumnDescription>>;

type NameAt<Level extends ColumnLevel> = {
  [Name in keyof typeof columns]: (typeof columns)[Name]['level'] extends Level ? Name : never;
}[keyof typeof columns];

export type KnownTokenColumn = NameAt<'token'>;
export type KnownRolloutColumn = NameAt<'rollout'>;
export type KnownVocabularyColumn = NameAt<'vocabulary'>;

/** A column's name and, where Assay writes it, what it is. */
export function describeColumn(name: string): string {
  const known: ColumnDescription | undefined = Object.hasOwn(columns, name)
    ? columns[name as keyof typeof columns]
    : undefined;
  return known === undefined ? name : `${name} (${known.sentence})`;
}
