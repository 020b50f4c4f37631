import { readFile } from 'node:fs/promises';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { noiseFloorSchema, type NoiseFloorDocument } from '../../config/noise-floor.ts';
import type { RunNoise } from '../../reports/comparison/comparison-input.ts';

async function readDocument(path: string): Promise<NoiseFloorDocument> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InvalidSpecError(`--noise ${path} cannot be read: ${(error as Error).message}`);
  }
  const found = noiseFloorSchema.safeParse(value);
  if (found.success) return found.data;
  throw new InvalidSpecError(
    `--noise ${path} is no noise floor; make one of runs of one recipe: assay compare --same RUN1 RUN2 … --json > ${path}`,
  );
}

/** What a noise floor is to fit. */
interface Compared {
  readonly ks: readonly number[];
  readonly splits: readonly string[];
  readonly isGraded: boolean;
  /** Runs of each arm. */
  readonly runs: number;
}

/**
 * What training again adds to the difference of two single runs.
 *
 * @throws InvalidSpecError when the file is none, or is not of what is compared
 */
export async function readNoise(path: string, asked: Compared): Promise<RunNoise> {
  const { ks, splits, isGraded } = asked;
  if (asked.runs > 1)
    throw new InvalidSpecError(
      `--noise holds single runs to the noise of runs, and each arm has ${asked.runs} runs, whose own spread counts; leave it out`,
    );
  if (ks.some((k) => k !== 1))
    throw new InvalidSpecError(
      `a noise floor is one of pass@1; give --noise without --k, found --k ${ks.join()}`,
    );
  const { betweenRuns, runs, split, measure } = await readDocument(path);
  const compared = isGraded ? 'mean score' : 'pass@1';
  if (measure !== compared || splits.some((one) => one !== split))
    throw new InvalidSpecError(
      `--noise ${path} is of ${measure} on ${split}, and ${compared} on ${splits.join(', ')} is compared; choose the split with --split, or measure another floor`,
    );
  return { source: path, share: { variance: 2 * betweenRuns, degreesOfFreedom: runs - 1 } };
}
