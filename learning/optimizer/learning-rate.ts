import type { OptimizerPlan } from '../../config/training.ts';

/** The learning rate over the steps of a phase. */
export interface LearningRateSchedule {
  /** the rate after warm-up */
  readonly peak: number;
  /** steps of linear rise from 0; step `warmupSteps` is the first at the peak */
  readonly warmupSteps: number;
  readonly shape: 'constant' | 'linear' | 'cosine';
  /** steps of the whole phase, warm-up included */
  readonly totalSteps: number;
  /** the fraction of the peak that a linear or cosine decay ends at */
  readonly finalFraction: number;
}

/** The schedule a plan declares, over `totalSteps` optimizer steps. */
export function toSchedule(plan: OptimizerPlan, totalSteps: number): LearningRateSchedule {
  const { learningRate: peak, warmupSteps, schedule: shape, finalFraction } = plan;
  return { peak, warmupSteps, shape, totalSteps, finalFraction };
}

/** How far step is through the decay, in [0, 1]. */
function measureProgress(schedule: LearningRateSchedule, step: number): number {
  const steps = schedule.totalSteps - schedule.warmupSteps;
  return steps <= 0 ? 1 : Math.min(1, Math.max(0, (step - schedule.warmupSteps) / steps));
}

/**
 * The learning rate of update `step`, counted from 0: rises as peak·(step + 1)/(warmupSteps + 1), then stays, falls
 * linearly, or falls as half a cosine, to peak·finalFraction at `totalSteps`.
 */
export function learningRateAt(schedule: LearningRateSchedule, step: number): number {
  const { peak, warmupSteps, shape, finalFraction } = schedule;
  if (step < warmupSteps) return (peak * (step + 1)) / (warmupSteps + 1);
  if (shape === 'constant') return peak;
  const progress = measureProgress(schedule, step);
  const remaining = shape === 'linear' ? 1 - progress : (1 + Math.cos(Math.PI * progress)) / 2;
  return peak * (finalFraction + (1 - finalFraction) * remaining);
}
