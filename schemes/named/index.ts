import { UnknownPartError } from '../../config/part-index.ts';
import type { Scheme } from '../../config/scheme.ts';
import { adaptiveEntropyBonus } from './adaptive-entropy-bonus.ts';
import { base } from './base.ts';
import { cispo } from './cispo.ts';
import { clipCov } from './clip-cov.ts';
import { dapo } from './dapo.ts';
import { distillation } from './distillation.ts';
import { drGrpo } from './dr-grpo.ts';
import { entropyBonus } from './entropy-bonus.ts';
import { entropyOnly } from './entropy-only.ts';
import { formatOnly } from './format-only.ts';
import { gradedReward } from './graded-reward.ts';
import { grpo } from './grpo.ts';
import { gspo } from './gspo.ts';
import { incorrectReward } from './incorrect-reward.ts';
import { invertedReward } from './inverted-reward.ts';
import { klCov } from './kl-cov.ts';
import { majorityReward } from './majority-reward.ts';
import { markerReward } from './marker-reward.ts';
import { negativeReinforcement } from './negative-reinforcement.ts';
import { passAtKTraining } from './pass-at-k-training.ts';
import { positiveReinforcement } from './positive-reinforcement.ts';
import { ppo } from './ppo.ts';
import { randomReward } from './random-reward.ts';
import { reinforcePlusPlusBaseline } from './reinforce-plus-plus-baseline.ts';
import { reinforcePlusPlus } from './reinforce-plus-plus.ts';
import { reinforce } from './reinforce.ts';
import { rlcr } from './rlcr.ts';
import { rlcrLogScore } from './rlcr-log-score.ts';
import { rloo } from './rloo.ts';
import { rlsf } from './rlsf.ts';
import { rlsfShuffled } from './rlsf-shuffled.ts';
import { weightedReinforcement } from './weighted-reinforcement.ts';

/** Every named scheme. */
export const schemes: readonly Scheme[] = [
  grpo,
  drGrpo,
  dapo,
  gspo,
  cispo,
  rloo,
  reinforcePlusPlus,
  reinforcePlusPlusBaseline,
  ppo,
  reinforce,
  positiveReinforcement,
  negativeReinforcement,
  weightedReinforcement,
  randomReward,
  formatOnly,
  majorityReward,
  incorrectReward,
  markerReward,
  gradedReward,
  invertedReward,
  passAtKTraining,
  rlsf,
  rlsfShuffled,
  rlcr,
  rlcrLogScore,
  distillation,
  clipCov,
  klCov,
  entropyBonus,
  adaptiveEntropyBonus,
  entropyOnly,
  base,
];

export const schemeNames: readonly string[] = schemes.map(({ name }) => name);

/** @throws UnknownPartError with the nearest name */
export function findScheme(name: string): Scheme {
  const scheme = schemes.find((candidate) => candidate.name === name);
  if (scheme === undefined) throw new UnknownPartError('scheme', name, schemeNames);
  return scheme;
}
