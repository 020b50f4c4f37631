import { z } from 'zod';

/** The temperature of a run's final evaluation, chosen among several by their pass@1 on dev. */
const bestTemperatureSchema = z.strictObject({
  best: z
    .array(z.number().positive())
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'a temperature stands in it once')
    .describe(
      'Temperatures to choose among: the highest pass@1 on dev wins, of equal ones the higher temperature.',
    ),
  on: z.literal('dev').default('dev').describe('The split that decides; no other may.'),
  samples: z
    .number()
    .int()
    .min(1)
    .default(16)
    .describe('Samples per problem and temperature, of `evaluation.devProblems` problems.'),
});
export type BestTemperature = z.infer<typeof bestTemperatureSchema>;

export const temperatureSchema = z.union([z.number().min(0), bestTemperatureSchema], {
  error:
    "expected a number of 0 or more, or { best: [0.5, 1], on: 'dev', samples: 16 } of different temperatures above 0",
});
type Temperature = z.infer<typeof temperatureSchema>;

/** How the temperature is chosen, or null where it is given. */
export function toBestTemperature(temperature: Temperature): BestTemperature | null {
  return typeof temperature === 'number' ? null : temperature;
}

/** The temperature that is given, or what stands in for it until one is chosen. */
export function temperatureOr(temperature: Temperature, standIn: number): number {
  return typeof temperature === 'number' ? temperature : standIn;
}

/**
 * The temperature with the highest score, of equal scores the higher one.
 *
 * @throws RangeError when there is none
 */
export function chooseTemperature(grid: ReadonlyMap<number, number>): number {
  const [first, ...others] = [...grid];
  if (first === undefined) throw new RangeError('a temperature is chosen among at least one, found none');
  const isBetter = ([t, score]: [number, number], [bestT, bestScore]: [number, number]): boolean =>
    score > bestScore || (score === bestScore && t > bestT);
  return others.reduce((best, next) => (isBetter(next, best) ? next : best), first)[0];
}
