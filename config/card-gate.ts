import { z } from 'zod';
import type { SplitName } from './training.ts';

/**
 * What must hold of a base model before a claim may use it: fixed in the recipe beforehand, measured on base seeds of their own, so that
 * no recipe is tuned on the models that decide a claim.
 */

/** Base seeds of cards; claims use seeds from 0. */
export const CARD_SEEDS: readonly number[] = [90, 91, 92, 93, 94];

/** Short runs of a card that start from the base model: RL on the true verdict, and imitation of worked solutions. */
export const trialArms = ['truth', 'imitation'] as const;
export type TrialArm = (typeof trialArms)[number];

/** A number of one base model, on split clean where it names no other. */
export type GateMeasure =
  /** Share of problems whose greedy answer is right. */
  | { readonly of: 'greedy' }
  | { readonly of: 'pass@k'; readonly k: number; readonly split?: SplitName }
  /** Of samples at temperature 1: share without an answer that the task finds. */
  | { readonly of: 'malformed-share' }
  /** Of samples at temperature 1. */
  | { readonly of: 'format-share' | 'format-accuracy'; readonly format: string; readonly split?: SplitName }
  /** pass@1 of the arm minus the base model's: as it samples, or at the temperature (0: greedy) that is best on split dev. */
  | { readonly of: 'lift'; readonly arm: TrialArm; readonly over: 'base' | 'best-temperature' };

export interface CardGate {
  readonly name: string;
  /** Why the substrate is useless without it, one sentence. */
  readonly reason: string;
  readonly measure: GateMeasure;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export const gateStates = ['passed', 'failed', 'not measured'] as const;
export type GateState = (typeof gateStates)[number];

/** @param mean over base seeds; null: not measured */
export function judgeGate(gate: Pick<CardGate, 'atLeast' | 'atMost'>, mean: number | null): GateState {
  if (mean === null) return 'not measured';
  const { atLeast = -Infinity, atMost = Infinity } = gate;
  return mean >= atLeast && mean <= atMost ? 'passed' : 'failed';
}

const measuredGateSchema = z.strictObject({
  name: z.string(),
  /** Base seed → value; a seed of which it was not measured is left out. */
  values: z.record(z.string(), z.number()),
  /** Over base seeds, each alike; null: not measured. */
  mean: z.number().nullable(),
  /** 95 %, of the mean over base seeds; null with fewer than two. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  state: z.enum(gateStates),
});
export type MeasuredGate = z.infer<typeof measuredGateSchema>;

/** What a recipe's gates came to, as files keep it. */
export const gateRecordSchema = z.strictObject({
  recipe: z.string(),
  /** Fingerprint of recipe and task, the seed left out. */
  recipeId: z.string(),
  /** Fingerprint of the gates and of how they are measured. */
  gatesId: z.string(),
  /** Kinds of machine that computed it, as canonical JSON. */
  machines: z.array(z.string()),
  /** ISO 8601, UTC. */
  recordedAt: z.string(),
  seeds: z.array(z.number().int()),
  /** Base seed → SHA-256 of the base model's weights. */
  weights: z.record(z.string(), z.string()),
  gates: z.array(measuredGateSchema),
});
export type GateRecord = z.infer<typeof gateRecordSchema>;
