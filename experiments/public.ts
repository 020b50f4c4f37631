/*
 * What a declaration imports from the package:
 *   import { defineExperiment } from 'assay';
 *   export const experiment = defineExperiment({ … });
 */
import type { RolloutShape } from '../rollouts/shapes/shape.ts';
import type { Comparison } from '../schemes/comparisons/comparison.ts';
import type { CreditRule } from '../schemes/credit/credit-rule.ts';
import type { Gate } from '../schemes/gates/gate.ts';
import type { Judge } from '../schemes/judges/judge.ts';
import type { OwnParts } from '../schemes/own-parts.ts';
import type { Reward } from '../schemes/rewards/reward.ts';
import type { Signal } from '../schemes/signals/signal.ts';
import type { ObjectiveTerm } from '../schemes/terms/term.ts';
import type { TaskFamily } from '../tasks/task-family.ts';

export { z } from 'zod';
export { interaction, trend, type Contrast } from '../config/contrast.ts';
export { defineExperiment, type ExperimentInput } from '../config/experiment.ts';
export { outcomeSchema, type Outcome } from '../config/outcome.ts';
export { verdictDocumentSchema, type VerdictDocument } from '../config/verdict-document.ts';
export { defineScheme, type Scheme, type SchemeInput } from '../config/scheme.ts';
export { listGroups } from '../rollouts/groups.ts';
export { AUTHORS, requireColumns, type RolloutBatch } from '../rollouts/rollout-batch.ts';
export type { Tensor, TensorLibrary } from '../schemes/terms/tensor-library.ts';
export { maskTop } from '../schemes/credit/mask-top.ts';
export { measureCovariances } from '../schemes/credit/token-covariance.ts';
export type {
  Comparison,
  CreditRule,
  Gate,
  Judge,
  ObjectiveTerm,
  OwnParts,
  Reward,
  RolloutShape,
  Signal,
  TaskFamily,
};
export { defineClaim, type ClaimInput } from './claim.ts';

/**
 * Parts of your own, exported as `parts` by the declaration or by the file that its `parts` names.
 *
 * @example export const parts = defineParts({ rewards: [mine] });
 */
export function defineParts(parts: OwnParts): OwnParts {
  return parts;
}

export function defineShape<Options extends object>(shape: RolloutShape<Options>): RolloutShape<Options> {
  return shape;
}

export function defineReward<Options extends object>(reward: Reward<Options>): Reward<Options> {
  return reward;
}

export function defineJudge<Options extends object>(judge: Judge<Options>): Judge<Options> {
  return judge;
}

export function defineSignal<Options extends object>(signal: Signal<Options>): Signal<Options> {
  return signal;
}

export function defineGate<Options extends object>(gate: Gate<Options>): Gate<Options> {
  return gate;
}

export function defineComparison<Options extends object>(
  comparison: Comparison<Options>,
): Comparison<Options> {
  return comparison;
}

export function defineCreditRule<Options extends object>(rule: CreditRule<Options>): CreditRule<Options> {
  return rule;
}

export function defineTerm<Options extends object>(term: ObjectiveTerm<Options>): ObjectiveTerm<Options> {
  return term;
}

export function defineTask<Options extends object>(family: TaskFamily<Options>): TaskFamily<Options> {
  return family;
}
