import { z } from 'zod';

/**
 * A reward scheme as data: rollouts → rewards, and the judges they read → gates → comparisons → credit → objective, each an ordered list
 * of named parts with their own options, rollouts a single one. Everything a run needs to know about how it turns verdicts into
 * gradients is in this value; it is hashed into the condition's fingerprint.
 */

const name = (family: string) => z.string().describe(`Name in the family of ${family}s (docs/parts.md).`);
const options = z
  .record(z.string(), z.unknown())
  .default({})
  .describe("The part's own options; those left out have its defaults.");
const weight = (sum: string) =>
  z.number().default(1).describe(`Factor in the weighted sum that becomes ${sum}.`);

/** `'truncated'` or `{ name: 'mixed', options: { rounds: 2 } }`. */
function entryOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const entry = z.strictObject(shape);
  return z.union([z.string().transform((bare) => entry.parse({ name: bare })), entry]);
}

const plainEntry = (family: string) => entryOf({ name: name(family), options });
const weightedList = (family: string, sum: string) =>
  z.array(entryOf({ name: name(family), weight: weight(sum), options }));
const plainList = (family: string) => z.array(plainEntry(family));

const referenceSchema = z.strictObject({
  syncEvery: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('Replace the reference policy by the trained one every N steps; 0: it stays the frozen base.'),
});

export const schemeSchema = z.strictObject({
  name: z
    .string()
    .describe('Name of a scheme in schemes/named/; its composition gives the defaults of the fields below.'),
  title: z.string().describe('What reports call it.'),
  source: z.string().describe('Paper and section the formula comes from.'),
  isTrained: z
    .boolean()
    .default(true)
    .describe('False only for the base arm, which is evaluated and never trained.'),
  rollouts: plainEntry('rollout shape')
    .optional()
    .describe(
      'How the rollouts of a prompt hang together; absent, as it stays in the fingerprint: `independent`.',
    ),
  rewards: weightedList('reward', "a rollout's reward").min(1).describe('What rollouts are rewarded for.'),
  judges: plainList('judge')
    .optional()
    .describe(
      'The judges that rewards read, each with its options; one that is read and not listed is added with its defaults.',
    ),
  gates: plainList('gate').default([]).describe('Which groups and rollouts may teach.'),
  comparisons: weightedList('comparison', "a rollout's advantage")
    .min(1)
    .prefault(['group'])
    .describe('From rewards to one advantage per rollout: what is compared with what.'),
  credit: plainList('credit rule')
    .min(1)
    .prefault(['spread'])
    .describe('From advantages to the credit and weight of each token, one rule after the other.'),
  objective: weightedList('objective term', 'the loss')
    .min(1)
    .prefault(['clipped'])
    .describe('From credit to the gradient.'),
  aggregation: z
    .enum(['grpo', 'bnpo', 'dapo', 'dr_grpo', 'sequence-sum'])
    .default('grpo')
    .describe(
      'How token losses are averaged. grpo: mean per sequence, then over sequences; bnpo: over the tokens of each microBatch ' +
        'rollouts, then over these; dapo: over the tokens of the whole optimizer batch; dr_grpo: sum over (N · maxNewTokens); ' +
        'sequence-sum: token sum per sequence, mean over sequences.',
    ),
  reference: referenceSchema.prefault({}).describe('The policy that a KL is measured to.'),
});

export type Scheme = z.infer<typeof schemeSchema>;
export type SchemeInput = z.input<typeof schemeSchema>;

/**
 * A scheme with the frame's defaults; those of its parts are filled in when a condition is resolved.
 *
 * @example defineScheme({ name: 'mine', title: 'Mine', source: 'none', rewards: ['verifier'], comparisons: [{ name: 'group', options: { scale: 'none' } }] })
 */
export function defineScheme(input: SchemeInput): Scheme {
  return schemeSchema.parse(input);
}
