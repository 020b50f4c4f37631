/**
 * Names of the training series that a step may record (docs/metrics.md, "Training series"); `format/NAME` comes on top, one for
 * each format of the task. Whether a scheme records one of them is known only once it runs.
 */
export const STEP_METRICS: ReadonlySet<string> = new Set([
  'reward/mean',
  'reward/undetermined',
  'verdict/correct',
  'verdict/malformed',
  'verdict/unverifiable',
  'rollout/length_tokens',
  'rollout/length_tokens_correct',
  'rollout/length_tokens_incorrect',
  'rollout/truncated',
  'rollout/entropy_nats',
  'group/uniform',
  'gate/kept',
  'loss/policy',
  'loss/kl',
  'gradient/norm',
  'entropy/mean_nats',
  'entropy/coefficient',
  'update/clip_fraction',
  'update/clip_fraction_high',
  'update/clip_fraction_low',
  'update/covariance_mean',
  'update/covariance_chosen',
  'update/skipped',
  'reference/kl_nats',
  'critic/loss',
  'critic/gradient_norm',
  'critic/explained_variance',
]);
