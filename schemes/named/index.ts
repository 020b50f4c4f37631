import { UnknownPartError } from '../../config/part-index.ts';
import type { Scheme } from '../../config/scheme.ts';
import { adaptiveEntropyBonus } from './entropy/adaptive-entropy-bonus.ts';
import { base } from './base.ts';
import { cispo } from './policy-gradient/cispo.ts';
import { clipCov } from './entropy/clip-cov.ts';
import { dapo } from './policy-gradient/dapo.ts';
import { distillation } from './distillation.ts';
import { drGrpo } from './policy-gradient/dr-grpo.ts';
import { entropyBonus } from './entropy/entropy-bonus.ts';
import { entropyOnly } from './entropy/entropy-only.ts';
import { formatOnly } from './spurious/format-only.ts';
import { gkd } from './gkd.ts';
import { gradedReward } from './spurious/graded-reward.ts';
import { grpo } from './policy-gradient/grpo.ts';
import { gspo } from './policy-gradient/gspo.ts';
import { incorrectReward } from './spurious/incorrect-reward.ts';
import { invertedReward } from './spurious/inverted-reward.ts';
import { klCov } from './entropy/kl-cov.ts';
import { majorityReward } from './spurious/majority-reward.ts';
import { markerReward } from './spurious/marker-reward.ts';
import { negativeReinforcement } from './reinforcement/negative-reinforcement.ts';
import { onPolicyDistillation } from './on-policy-distillation.ts';
import { passAtKTraining } from './reinforcement/pass-at-k-training.ts';
import { positiveReinforcement } from './reinforcement/positive-reinforcement.ts';
import { ppo } from './policy-gradient/ppo.ts';
import { randomReward } from './spurious/random-reward.ts';
import { reinforcePlusPlusBaseline } from './policy-gradient/reinforce-plus-plus-baseline.ts';
import { reinforcePlusPlus } from './policy-gradient/reinforce-plus-plus.ts';
import { reinforce } from './reinforcement/reinforce.ts';
import { rlcr } from './confidence/rlcr.ts';
import { rlcrLogScore } from './confidence/rlcr-log-score.ts';
import { rloo } from './policy-gradient/rloo.ts';
import { rlsf } from './confidence/rlsf.ts';
import { rlsfShuffled } from './confidence/rlsf-shuffled.ts';
import { treeGrpo } from './policy-gradient/tree-grpo.ts';
import { weightedReinforcement } from './reinforcement/weighted-reinforcement.ts';

/** Every named scheme. */
export const schemes: readonly Scheme[] = [
  grpo,
  drGrpo,
  dapo,
  gspo,
  cispo,
  treeGrpo,
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
  onPolicyDistillation,
  gkd,
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
