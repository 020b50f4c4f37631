import { isSettings } from './merge.ts';

/** A scheme as versions before the lists of parts stored it, every field filled in. */
interface FlaggedScheme extends Record<string, unknown> {
  readonly rewards: readonly {
    readonly component: string;
    readonly weight: number;
    readonly options: Options;
  }[];
  readonly gates: {
    readonly dropUniformGroups: boolean;
    readonly maxSamplingRounds: number;
    readonly maskTruncated: boolean;
  };
  readonly advantage: {
    readonly baseline: 'group-mean' | 'leave-one-out' | 'none';
    readonly scale: 'group' | 'batch' | 'none';
    readonly outcome: 'reward' | 'signed' | 'pass@k';
    readonly k: number;
    readonly positiveWeight: number;
    readonly negativeWeight: number;
    readonly estimator: 'rollout' | 'return' | 'gae';
    readonly gamma: number;
    readonly lambda: number;
    readonly whitening: 'none' | 'rollouts' | 'tokens';
    readonly klInReward: number;
  };
  readonly critic: { readonly learningRateFactor: number; readonly valueClip: number | null };
  readonly loss: {
    readonly objective: 'clipped' | 'unclipped' | 'cispo' | 'reinforce';
    readonly aggregation: string;
    readonly ratioLevel: 'token' | 'sequence';
    readonly epsilonLow: number;
    readonly epsilonHigh: number;
    readonly delta: number | null;
    readonly beta: number;
    readonly klEstimator: string;
    readonly klBiasCorrection: boolean;
    readonly topEntropyQuantile: number;
    readonly entropyCoefficient: number;
    readonly entropyTarget: number | null;
    readonly entropyStep: number;
    readonly covarianceControl: 'none' | 'clip' | 'kl';
    readonly covarianceShare: number;
    readonly covarianceLow: number;
    readonly covarianceHigh: number;
    readonly covariancePenalty: number;
  };
}

type Options = Readonly<Record<string, unknown>>;

interface Entry {
  readonly name: string;
  readonly weight?: number;
  readonly options: Options;
}

function when(holds: boolean, entry: () => Entry): Entry[] {
  return holds ? [entry()] : [];
}

function upgradeRewards({ rewards, advantage }: FlaggedScheme): Entry[] {
  const named = rewards.map(({ component, weight, options }) => {
    const { component: inner, ...others } = options;
    return { name: component, weight, options: inner === undefined ? options : { ...others, reward: inner } };
  });
  const isPenalized = advantage.estimator === 'rollout' && advantage.klInReward > 0;
  return [
    ...named,
    ...when(isPenalized, () => ({ name: 'reference-kl', weight: advantage.klInReward, options: {} })),
  ];
}

function upgradeGates({ gates }: FlaggedScheme): Entry[] {
  return [
    ...when(gates.dropUniformGroups, () => ({
      name: 'mixed',
      options: { by: 'verdicts', rounds: gates.maxSamplingRounds },
    })),
    ...when(gates.maskTruncated, () => ({ name: 'truncated', options: {} })),
  ];
}

const BASELINES = { 'group-mean': 'mean', 'leave-one-out': 'others', none: 'none' } as const;

function upgradeComparison({ advantage }: FlaggedScheme): Entry {
  const { outcome, k, scale, positiveWeight: positive, negativeWeight: negative } = advantage;
  if (outcome === 'pass@k') return { name: 'pass-at-k', weight: 1, options: { k, scale } };
  if (outcome === 'signed') return { name: 'signed', weight: 1, options: { positive, negative } };
  return { name: 'group', weight: 1, options: { baseline: BASELINES[advantage.baseline], scale } };
}

function upgradeEstimator({ advantage, critic }: FlaggedScheme): Entry {
  const { estimator, gamma, lambda, klInReward } = advantage;
  if (estimator === 'rollout') return { name: 'spread', options: {} };
  if (estimator === 'return') return { name: 'return', options: { gamma, klInReward } };
  return { name: 'gae', options: { gamma, lambda, klInReward, ...critic } };
}

function upgradeCredit(scheme: FlaggedScheme): Entry[] {
  const { whitening } = scheme.advantage;
  const { loss } = scheme;
  const share = loss.covarianceShare;
  return [
    ...when(whitening === 'rollouts', () => ({ name: 'whiten', options: { over: 'rollouts' } })),
    upgradeEstimator(scheme),
    ...when(whitening === 'tokens', () => ({ name: 'whiten', options: { over: 'tokens' } })),
    ...when(loss.topEntropyQuantile < 1, () => ({
      name: 'top-entropy',
      options: { share: loss.topEntropyQuantile },
    })),
    ...when(loss.covarianceControl === 'clip', () => ({
      name: 'clip-cov',
      options: { share, low: loss.covarianceLow, high: loss.covarianceHigh },
    })),
    ...when(loss.covarianceControl === 'kl', () => ({
      name: 'kl-cov',
      options: { share, penalty: loss.covariancePenalty },
    })),
  ];
}

function upgradeSurrogate({ loss }: FlaggedScheme): Entry {
  const { objective, ratioLevel, epsilonLow, epsilonHigh, delta } = loss;
  const options = {
    clipped: { ratioLevel, epsilonLow, epsilonHigh, delta },
    unclipped: { ratioLevel },
    cispo: { ratioLevel, cap: epsilonHigh },
    reinforce: {},
  }[objective];
  return { name: objective, weight: 1, options };
}

function upgradeObjective(scheme: FlaggedScheme): Entry[] {
  const { loss } = scheme;
  return [
    upgradeSurrogate(scheme),
    ...when(loss.beta > 0, () => ({
      name: 'kl',
      weight: loss.beta,
      options: { estimator: loss.klEstimator, biasCorrection: loss.klBiasCorrection },
    })),
    ...when(loss.entropyCoefficient > 0 || loss.entropyTarget !== null, () => ({
      name: 'entropy',
      weight: loss.entropyCoefficient,
      options: { target: loss.entropyTarget, step: loss.entropyStep },
    })),
  ];
}

function isFlagged(stored: Record<string, unknown>): stored is FlaggedScheme {
  return ['gates', 'advantage', 'critic', 'loss'].every(
    (key) => typeof stored[key] === 'object' && !Array.isArray(stored[key]),
  );
}

/**
 * `isShuffled: false` of the reward `confidence` did nothing. `true` gave each rollout another's confidence in a circle, which no reward
 * does any more (`permuted` may leave it its own): it stays, and is refused where the reward would be computed.
 */
function dropUnshuffled(reward: unknown): unknown {
  if (!isSettings(reward) || !isSettings(reward['options'])) return reward;
  const { isShuffled, ...options } = reward['options'];
  return reward['name'] === 'confidence' && isShuffled === false ? { ...reward, options } : reward;
}

/**
 * A stored scheme as lists of parts: as it is, or, of a version before those, what its flags meant. Fields that did nothing under the
 * others have no place any more.
 */
export function upgradeScheme({
  // Who sampled; since there are chains of runs, always the policy.
  behavior: _behavior,
  ...scheme
}: Record<string, unknown>): Record<string, unknown> {
  if (!isFlagged(scheme)) {
    const { rewards } = scheme;
    return Array.isArray(rewards) ? { ...scheme, rewards: rewards.map(dropUnshuffled) } : scheme;
  }
  const { advantage: _advantage, critic: _critic, loss, ...kept } = scheme;
  return {
    ...kept,
    rewards: upgradeRewards(scheme),
    gates: upgradeGates(scheme),
    comparisons: [upgradeComparison(scheme)],
    credit: upgradeCredit(scheme),
    objective: upgradeObjective(scheme),
    aggregation: loss.aggregation,
  };
}
