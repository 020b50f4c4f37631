import { createGenerator, type Generator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';

/** Replicates of each interval and p-value of a report. */
export const RESAMPLES = 10_000;
/** Replicates of bands: they need less precision than tested differences, and there are many of them. */
export const BAND_RESAMPLES = RESAMPLES / 5;
/** Confidence level of every interval of a report. */
export const LEVEL = 0.95;

/**
 * The generator of one interval: derived from the experiment's fingerprint and the interval's own name, so the same
 * database gives the same bytes and an interval does not depend on which others are computed.
 */
export function intervalGenerator(fingerprint: string, name: string): Generator {
  return createGenerator(deriveStream(0, `report/${fingerprint}/${name}`));
}
