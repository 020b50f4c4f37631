import { deriveStream, philox } from './streams.ts';

/** Seeds that people write (of bases, of evaluations) stay below, so that no stream of a run is one of theirs. */
export const LOWEST_RUN_SEED = 2 ** 52;

/**
 * The seed of a run's streams, from its base seed and its RL seed: runs of one base and RL seed draw alike whatever their
 * condition, so that arms are compared on common random numbers, and runs of different bases draw independently, so that bases
 * are the units of replication that the statistics take them for.
 *
 * @returns an integer in [2^52, 2^53)
 * @example runSeed(0, 1) !== runSeed(1, 1)
 */
export function runSeed(baseSeed: number, rlSeed: number): number {
  const { key } = deriveStream(baseSeed, 'run-seed');
  const low = rlSeed >>> 0;
  const high = Math.floor(rlSeed / 2 ** 32) >>> 0;
  const [first, second] = philox(key, [low, high, 0, 0]);
  return LOWEST_RUN_SEED + (first & 0xfffff) * 2 ** 32 + second;
}
