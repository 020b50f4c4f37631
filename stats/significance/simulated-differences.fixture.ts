/** Made-up paired differences with known variance components, for tests and the bench of error rates. */
import { createGenerator, type Generator } from '../../random/generator.ts';
import { runSeed } from '../../random/run-seed.ts';
import { deriveStream } from '../../random/streams.ts';
import { criticalValue, crossedMean } from '../intervals/crossed-mean.ts';

/** Standard deviations of what a base, an RL seed and a problem add to a difference, and of each cell for itself. */
export interface Spread {
  readonly base: number;
  readonly seed: number;
  readonly problem: number;
  readonly noise: number;
}

export interface SimulatedDesign {
  readonly bases: number;
  readonly seedsPerBase: number;
  readonly problems: number;
}

/** The seed that names all randomness of a run, from its base seed and its RL seed. */
export type RunSeed = (baseSeed: number, rlSeed: number) => number;

export interface Simulation {
  readonly spread: Spread;
  /** True mean difference; 0 unless told. */
  readonly effect?: number;
  /** Others draw other numbers. */
  readonly experiment: number;
  /** That of real runs unless told. What a run's seed does to its difference is drawn from this one. */
  readonly runSeed?: RunSeed;
}

/** differences[run][problem], normal around the effect, and the base of each run. */
export function simulateDifferences(
  { bases, seedsPerBase, problems }: SimulatedDesign,
  { spread, effect = 0, experiment, runSeed: seedOf = runSeed }: Simulation,
): { differences: number[][]; bases: number[] } {
  const streamOf = (seed: number, name: string): Generator =>
    createGenerator(deriveStream(seed, `simulated/${experiment}/${name}`));
  const ofProblems = streamOf(0, 'problems');
  const shared = Array.from({ length: problems }, () => spread.problem * ofProblems.normal());
  const differences: number[][] = [];
  const labels: number[] = [];
  for (let base = 0; base < bases; base += 1) {
    const ofBase = spread.base * streamOf(base, 'base').normal();
    for (let seed = 0; seed < seedsPerBase; seed += 1) {
      const ofSeed = spread.seed * streamOf(seedOf(base, seed), 'seed').normal();
      const cells = streamOf(runSeed(base, seed), 'cells');
      differences.push(
        shared.map((value) => effect + ofBase + ofSeed + value + spread.noise * cells.normal()),
      );
      labels.push(base);
    }
  }
  return { differences, bases: labels };
}

/** Share of simulated experiments in which "the mean is above 0" is shown at one-sided `alpha` (0.05 unless told). */
export function shownShare(
  design: SimulatedDesign,
  {
    experiments,
    alpha = 0.05,
    ...of
  }: Omit<Simulation, 'experiment'> & { experiments: number; alpha?: number },
): number {
  let shown = 0;
  for (let experiment = 0; experiment < experiments; experiment += 1) {
    const { differences, bases } = simulateDifferences(design, { ...of, experiment });
    const found = crossedMean(differences, bases)!;
    if (found.estimate > criticalValue(found, alpha) * found.standardError) shown += 1;
  }
  return shown / experiments;
}

/** `shownShare` where there is nothing to show. */
export function falseSupport(
  design: SimulatedDesign,
  of: Omit<Simulation, 'experiment' | 'effect'> & { experiments: number },
): number {
  return shownShare(design, { ...of, effect: 0 });
}
