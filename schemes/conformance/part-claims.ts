import type { Part } from '../../config/part.ts';
import type { Claim } from './claims.ts';
import { describeOptions } from './vary-options.ts';

/** One sentence: a full stop at its end and none before a further word. */
const SENTENCE = /^(?!.*[.!?]\s).+\.$/s;

function findOptionFlaws(part: Part<object>): string[] {
  return Object.entries(describeOptions(part)).flatMap(([option, schema]) => [
    ...(Object.hasOwn(schema, 'default') ? [] : [`option ${option} has no default; expected .default(…)`]),
    ...(/^.+\.$/s.test(schema.description ?? '')
      ? []
      : [`option ${option} has no sentence; expected .describe('….')`]),
  ]);
}

/** What parts of every family promise. */
export const partClaims: readonly Claim<Part<object>>[] = [
  {
    claim: 'its name is words of lower case joined by hyphens, its description one sentence',
    find: ({ name, description }) => [
      ...(/^[a-z0-9]+(-[a-z0-9]+)*(@[0-9a-f]{8})?$/.test(name)
        ? []
        : [`found the name ${JSON.stringify(name)}`]),
      ...(SENTENCE.test(description ?? '')
        ? []
        : [`found the description ${JSON.stringify(description)}, expected one sentence with a full stop`]),
    ],
  },
  { claim: 'every option has a default and a sentence', find: findOptionFlaws },
  {
    claim: 'an option that it does not have is refused',
    find: ({ optionsSchema }) => {
      const { error } = optionsSchema.safeParse({ noSuchOption: 1 });
      return error?.issues.some(({ code }) => code === 'unrecognized_keys') === true
        ? []
        : ['optionsSchema takes {"noSuchOption":1}; expected z.strictObject'];
    },
  },
  {
    claim: 'its metrics have a place, a unit and a sentence',
    find: ({ metrics = [] }) =>
      metrics
        .filter(
          ({ name, unit, description }) =>
            !/^[a-z]+\/[a-z_]+$/.test(name) || unit === '' || description === '' || !unit || !description,
        )
        .map(
          (metric) => `found ${JSON.stringify(metric)}, expected { name: 'place/words', unit, description }`,
        ),
  },
];
