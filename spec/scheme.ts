import { z } from 'zod';

/**
 * A reward scheme as data: rewards → gates → advantage → token credit → loss. Everything a run needs to know about how it
 * turns verdicts into gradients is in this value; it is hashed into the condition's fingerprint.
 */

const rewardSchema = z.strictObject({
  component: z
    .string()
    .describe('Name of a reward component in rewards/, e.g. "verifier", "random", "format".'),
  weight: z
    .number()
    .default(1)
    .describe('Factor of this component in the weighted sum that becomes the reward.'),
  options: z.record(z.string(), z.unknown()).default({}).describe("The component's own options."),
});

const gatesSchema = z.strictObject({
  dropUniformGroups: z
    .boolean()
    .default(false)
    .describe(
      'Keep sampling prompts until the batch holds only groups with some but not all correct (DAPO).',
    ),
  maxSamplingRounds: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(4)
    .describe('At most so many sampling rounds per step when dropUniformGroups is on.'),
  maskTruncated: z
    .boolean()
    .default(false)
    .describe('Leave completions that hit the length limit out of the loss (DAPO overlong filtering).'),
});

const advantageSchema = z.strictObject({
  baseline: z
    .enum(['group-mean', 'leave-one-out', 'none'])
    .default('group-mean')
    .describe(
      'What is subtracted from the reward: the group mean, the mean of the others (RLOO), or nothing.',
    ),
  scale: z
    .enum(['group', 'batch', 'none'])
    .default('group')
    .describe('Divide by the standard deviation (ddof 1, + 1e-4) of the group, of the batch, or not at all.'),
  outcome: z
    .enum(['reward', 'signed', 'pass@k'])
    .default('reward')
    .describe(
      '"signed" maps a reward of 1 to +positiveWeight and 0 to −negativeWeight (PSR / NSR / W-REINFORCE); ' +
        '"pass@k" rewards sets of k rollouts by their best one, in closed form (pass@k training).',
    ),
  k: z.number().int().min(1).default(1).describe('Size of the sets when outcome is "pass@k".'),
  positiveWeight: z
    .number()
    .min(0)
    .default(1)
    .describe('Weight λ of correct samples when outcome is "signed".'),
  negativeWeight: z
    .number()
    .min(0)
    .default(1)
    .describe('Weight of incorrect samples when outcome is "signed".'),
  estimator: z
    .enum(['rollout', 'return', 'gae'])
    .default('rollout')
    .describe(
      'rollout: each token is credited with its rollout’s advantage; return: that advantage is a reward of the last token, ' +
        'and a token gets the discounted return from it on (REINFORCE++); gae: as return, less the values of a critic (PPO).',
    ),
  gamma: z.number().min(0).max(1).default(1).describe('Discount per token of estimators "return" and "gae".'),
  lambda: z.number().min(0).max(1).default(1).describe('Decay per token of the advantages of "gae".'),
  whitening: z
    .enum(['none', 'rollouts', 'tokens'])
    .default('none')
    .describe(
      'Standardise over the whole batch: the rollouts’ advantages before they reach tokens (+ 1e-4), or the credit of all ' +
        'tokens at the end (REINFORCE++, PPO).',
    ),
  klInReward: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'Weight of the KL to the reference policy (k1, as sampled) that is taken off the reward: summed over the rollout ' +
        '(estimator "rollout", before the baseline), or token by token.',
    ),
});

const criticSchema = z.strictObject({
  learningRateFactor: z
    .number()
    .positive()
    .default(10)
    .describe('The critic’s learning rate over the policy’s.'),
  valueClip: z
    .number()
    .positive()
    .nullable()
    .default(0.5)
    .describe(
      'A value may leave the one recorded when sampling by this much before its loss stops falling; null: no clip.',
    ),
});

const referenceSchema = z.strictObject({
  syncEvery: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe(
      'Replace the reference policy by the trained one after every so many steps; 0: it stays the frozen base.',
    ),
});

const lossSchema = z.strictObject({
  objective: z
    .enum(['clipped', 'unclipped', 'cispo', 'reinforce'])
    .default('clipped')
    .describe(
      'Clipped surrogate, the surrogate without clip, clipped importance weight (CISPO), or plain score function.',
    ),
  aggregation: z
    .enum(['grpo', 'bnpo', 'dapo', 'dr_grpo', 'sequence-sum'])
    .default('grpo')
    .describe(
      'grpo: mean per sequence, then over sequences; bnpo: over the tokens of each microBatch rollouts, then over these; ' +
        'dapo: over the tokens of the whole optimizer batch; dr_grpo: sum over (N · maxNewTokens); ' +
        'sequence-sum: token sum per sequence, mean over sequences.',
    ),
  ratioLevel: z
    .enum(['token', 'sequence'])
    .default('token')
    .describe('Importance ratio per token or sequence (GSPO).'),
  epsilonLow: z.number().min(0).default(0.2).describe('Lower clip: ratio ≥ 1 − epsilonLow.'),
  epsilonHigh: z
    .number()
    .min(0)
    .default(0.2)
    .describe('Upper clip: ratio ≤ 1 + epsilonHigh; for cispo the cap itself.'),
  delta: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('Two-sided clip: cap of the unclipped ratio; null: off.'),
  beta: z.number().min(0).default(0).describe('Weight of the KL penalty to the reference policy; 0: none.'),
  klEstimator: z
    .enum(['k1', 'k2', 'k3'])
    .default('k3')
    .describe('Estimator of the KL to the reference policy.'),
  klBiasCorrection: z.boolean().default(false).describe('Multiply the KL by the importance ratio.'),
  topEntropyQuantile: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Only tokens in this top share of entropies carry policy gradient; 1: all.'),
  entropyCoefficient: z
    .number()
    .min(0)
    .default(0)
    .describe('Weight of the entropy bonus (nats); with an entropyTarget the weight it starts from.'),
  entropyTarget: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      'Entropy of the rollouts (nats) above which the bonus is off; its weight moves by entropyStep per step, ' +
        'up below the target and down above, within 0 and 1 (Skywork-OR1); null: a fixed weight.',
    ),
  entropyStep: z
    .number()
    .positive()
    .default(0.005)
    .describe('How far the weight of the bonus moves per step when there is an entropyTarget.'),
  covarianceControl: z
    .enum(['none', 'clip', 'kl'])
    .default('none')
    .describe(
      'Tokens of high covariance of advantage and logprob: "clip" takes the policy gradient from some, drawn at random ' +
        '(Clip-Cov); "kl" ties the highest to the behavior policy (KL-Cov).',
    ),
  covarianceShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.0002)
    .describe('Share of the optimizer batch’s tokens that covarianceControl touches, at least one token.'),
  covarianceLow: z
    .number()
    .default(1)
    .describe('Only tokens of a covariance above this are drawn by covarianceControl "clip".'),
  covarianceHigh: z
    .number()
    .default(5)
    .describe('Only tokens of a covariance below this are drawn by covarianceControl "clip".'),
  covariancePenalty: z
    .number()
    .min(0)
    .default(1)
    .describe(
      'Weight of the absolute difference of logprob and behavior logprob on tokens chosen by covarianceControl "kl".',
    ),
});

export const schemeSchema = z.strictObject({
  name: z
    .string()
    .describe('Name of a scheme in schemes/; its composition gives the defaults of the fields below.'),
  title: z.string().describe('What reports call it.'),
  source: z.string().describe('Paper and section the formula comes from.'),
  isTrained: z
    .boolean()
    .default(true)
    .describe('False only for the base arm, which is evaluated and never trained.'),
  behavior: z
    .enum(['policy', 'teacher'])
    .default('policy')
    .describe(
      'Who samples the rollouts: the policy that is trained, or the condition’s teacher (distillation).',
    ),
  rewards: z.array(rewardSchema).min(1).describe('Weighted sum of reward components.'),
  gates: gatesSchema.prefault({}).describe('Which rollouts and groups may teach.'),
  advantage: advantageSchema.prefault({}).describe('From rewards to advantages.'),
  critic: criticSchema.prefault({}).describe('How the critic of estimator "gae" is trained.'),
  reference: referenceSchema.prefault({}).describe('The policy that KL penalties are measured from.'),
  loss: lossSchema.prefault({}).describe('From advantages to the gradient.'),
});

export type Scheme = z.infer<typeof schemeSchema>;
export type SchemeInput = z.input<typeof schemeSchema>;

/** Fills a scheme's defaults and freezes its shape; every file in schemes/ exports one such value. */
export function defineScheme(input: SchemeInput): Scheme {
  return schemeSchema.parse(input);
}

/** Whether rollouts are scored by the reference policy. */
export function usesReference({ loss, advantage }: Scheme): boolean {
  return loss.beta > 0 || advantage.klInReward > 0;
}

/** Whether a critic is trained beside the policy. */
export function usesCritic({ advantage }: Scheme): boolean {
  return advantage.estimator === 'gae';
}
