import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';

/** Replicates of each interval and p-value of a report. */
export const RESAMPLES = 10_000;
/** Replicates of bands: they need less precision than tested differences, and there are many of them. */
export const BAND_RESAMPLES = RESAMPLES / 5;
/** Draws of problems that one interval may take, so that a report of half a million problems is a matter of seconds. */
const MOST_DRAWS = 100_000_000;
const FEWEST_RESAMPLES = 200;

/**
 * `resamples`, or as many as draw 10⁸ problems in all where that is fewer, as with more than 10 000 problems at 10 000 replicates;
 * 200 at least. What verdicts rest on, Student's t, takes no draws.
 */
export function resamplesOver(problems: number, resamples = RESAMPLES): number {
  return Math.min(resamples, Math.max(FEWEST_RESAMPLES, Math.floor(MOST_DRAWS / problems)));
}

/** Confidence level of every interval of a report. */
export const LEVEL = 0.95;

/**
 * The generator of one interval: derived from the experiment's fingerprint and the interval's own name, so the same
 * database gives the same bytes and an interval does not depend on which others are computed.
 */
export function intervalGenerator(fingerprint: string, name: string): Generator {
  return createGenerator(deriveStream(0, `report/${fingerprint}/${name}`));
}
