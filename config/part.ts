import type { z } from 'zod';
import { createPartIndex, type PartEntry, type PartIndex } from './part-index.ts';
import type { TrainingPlan } from './training.ts';

/**
 * What a part reads that not every run gathers; what no part of a scheme needs is neither computed nor kept.
 *
 * - `referenceLogprobs`, `teacherLogprobs`, `values`: of the sampled tokens, under the reference policy, by a teacher and by a critic
 * - `teacherDistributions`: of all tokens that could have been sampled in their place, by a teacher
 * - `disparities`: first minus second probability of the distribution each token was drawn from
 * - `pool`: what the base model answered to the problems of a fixed pool before training
 * - `statedConfidence`: a chance of being right that completions state themselves
 * - `judge:NAME`: what that judge of the scheme finds
 */
export type Need =
  | 'referenceLogprobs'
  | 'teacherLogprobs'
  | 'teacherDistributions'
  | 'values'
  | 'disparities'
  | 'pool'
  | 'statedConfidence'
  | `judge:${string}`;

/** What a part looks at beyond rollouts and models: nothing, the references of problems, or an expert's work. */
export type Sight = 'nothing' | 'labels' | 'experts';

/** A number that training steps record, declared where it is computed. */
export interface StepMetric {
  readonly name: string;
  /** e.g. `nats`, `tokens`, `fraction` */
  readonly unit: string;
  /** One sentence. */
  readonly description: string;
}

/** What surrounds a part in its condition. */
export interface PartSetting {
  readonly training: TrainingPlan;
  /** Names and weights of the scheme's rewards. */
  readonly rewards: readonly { readonly name: string; readonly weight: number }[];
  /** Whether rollouts of a prompt go on from tokens of one another. */
  readonly forks: boolean;
  /** The scheme's judges with the items of their judgements; null: these differ from rollout to rollout. */
  readonly judges: readonly { readonly name: string; readonly items: readonly string[] | null }[];
}

/** What every part of a scheme declares, whatever its family; methods take the options it declares. */
export interface Part<Options extends object> {
  readonly name: string;
  /** One sentence, as docs/parts.md prints it. */
  readonly description: string;
  /** Paper and section, where the formula is not ours. */
  readonly source?: string;
  /** Every field has a default and a sentence. */
  readonly optionsSchema: z.ZodType<Options>;
  /** Nothing when absent. */
  needs?(options: Options): readonly Need[];
  /** Nothing when absent. */
  sees?(options: Options): Sight;
  readonly metrics?: readonly StepMetric[];
  /** What of the rest of the condition contradicts these options; null: nothing. */
  findFault?(options: Options, setting: PartSetting): string | null;
}

/** A part with its options settled. */
export interface Opened<Family extends Part<object>> {
  readonly part: Family;
  /** Parsed, every default filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The parts of one family, by name. */
export interface PartFamily<Family extends Part<object>> extends PartIndex<Opened<Family>> {
  /** What errors and docs call such a part, e.g. `credit rule`. */
  readonly kind: string;
  /** In the order of the docs. */
  readonly parts: readonly Family[];
  /** Takes in a part of a declaration's own under `name`, which no other has. */
  take(part: Family, name: string): void;
}

function openPart<Family extends Part<object>>(part: Family, input: unknown): Opened<Family> {
  return { part, options: part.optionsSchema.parse(input) as Opened<Family>['options'] };
}

/**
 * @example export const gates = createFamily<Gate<object>>('gate', [mixed, truncated]);
 * @throws RangeError when two parts have one name
 */
export function createFamily<Family extends Part<object>>(
  kind: string,
  parts: readonly Family[],
): PartFamily<Family> {
  const entryOf = (part: Family): PartEntry<Opened<Family>> => ({
    name: part.name,
    optionsSchema: part.optionsSchema,
    open: (options: unknown) => openPart(part, options),
  });
  const index = createPartIndex(kind, parts.map(entryOf));
  return { kind, parts, ...index, take: (part, name) => index.add(entryOf({ ...part, name })) };
}
