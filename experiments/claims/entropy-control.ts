import { mixed, passAt, readableControls, sharp, truthLifts, worthwhile } from '../claim-plans.ts';
import { defineClaim } from '../claim.ts';

const entropy = { name: 'step', metric: 'rollout/entropy_nats' } as const;
const cells = ['mixed', 'sharp'] as const;

/** Each remedy and what it changes alone: KL-Cov does not clip, so its control does not either. */
const remedies = [
  ['clip-cov', 'ground-truth'],
  ['kl-cov', 'unclipped'],
  ['entropy-bonus', 'ground-truth'],
  ['adaptive-entropy-bonus', 'ground-truth'],
] as const;

const tokenRule = (name: string, options: object) => ({
  scheme: { name, credit: ['spread', { name, options }] },
});
const bonus = (name: string, weight: number, options: object = {}) => ({
  scheme: { name, objective: ['clipped', { name: 'entropy', weight, options }] },
});

/** A remedy that left no entropy was not given: with the papers' settings a batch of this size has one token to act on. */
const kept = Object.fromEntries(
  remedies.flatMap(([arm, control]) =>
    cells.map((cell) => [
      `${arm}-keeps-entropy-${cell}`,
      {
        kind: 'manipulation' as const,
        says: `${arm} leaves at least .01 nats more entropy than ${control} on ${cell}.`,
        treatment: `${arm}/${cell}`,
        control: `${control}/${cell}`,
        metric: entropy,
        alternative: 'greater' as const,
        // A quarter of what RL took in 20 steps on a base seed of the card of sharp (.04 nats).
        bound: { value: 0.01, unit: 'nats' as const },
      },
    ]),
  ),
);

/**
 * Coverage is asked for on `mixed`, which leaves room at k = 16, accuracy on `sharp`, in one format. The doses are not the papers': they
 * were chosen on base seed 90 of sharp, which no claim uses. Last quarter of 20 steps: GRPO .179 nats; Clip-Cov on 2 % of the tokens
 * .198; KL-Cov on 5 % .198; a bonus of .15 .219; an adaptive one with target .2 and step .05 .185, so its target is now the base model's
 * own .22. On mixed they were not tried; the checks tell whether they act there.
 *
 * Ten bases give 80 % power for the margin on sharp: 200 runs of 10 to 22 core-seconds, 80 of them capability-boundary's; the others about
 * 40 core-minutes.
 */
export const claim = defineClaim({
  name: 'entropy-control',
  question: 'Does keeping entropy up by covariance or by a bonus keep coverage without costing accuracy?',
  source: 'arXiv 2505.22617; adaptive bonus: arXiv 2505.22312',
  task: { family: 'arithmetic' },
  evaluation: { splits: { clean: 96 } },
  controls: [...readableControls],
  axes: { substrate: { mixed, sharp } },
  conditions: {
    'clip-cov': tokenRule('clip-cov', { share: 0.02 }),
    'kl-cov': tokenRule('kl-cov', { share: 0.05, penalty: 1 }),
    unclipped: { scheme: { name: 'grpo', objective: ['unclipped'] } },
    'entropy-bonus': bonus('entropy-bonus', 0.15),
    'adaptive-entropy-bonus': bonus('adaptive-entropy-bonus', 0, { target: 0.22, step: 0.05 }),
  },
  checks: {
    'truth-lifts-sharp': truthLifts('sharp', 0.05),
    'truth-lifts-mixed': truthLifts('mixed', 0.08),
    ...kept,
  },
  hypotheses: [
    {
      claim: 'RL lowers entropy below what a random reward leaves, in one format.',
      treatment: 'ground-truth/sharp',
      control: 'random-reward/sharp',
      metric: entropy,
      alternative: 'less',
      // As much as a remedy has to give back to count as one.
      interest: { value: 0.01, unit: 'nats' },
      requires: ['truth-lifts-sharp'],
      reported: 'less',
    },
    ...remedies.map(([treatment, control]) => ({
      claim: `${treatment} ends above ${control} at k = 16 on mixed.`,
      treatment: `${treatment}/mixed`,
      control: `${control}/mixed`,
      metric: passAt(16),
      alternative: 'greater' as const,
      interest: worthwhile,
      requires: ['truth-lifts-mixed', `${treatment}-keeps-entropy-mixed`],
      reported: 'greater' as const,
    })),
    ...remedies.map(([treatment, control]) => ({
      claim: `${treatment} does not cost pass@1 on sharp.`,
      treatment: `${treatment}/sharp`,
      control: `${control}/sharp`,
      metric: passAt(1),
      alternative: 'noninferior' as const,
      margin: worthwhile,
      requires: ['truth-lifts-sharp', `${treatment}-keeps-entropy-sharp`],
      reported: 'greater' as const,
    })),
  ],
  scales: { small: { bases: 10 } },
});
