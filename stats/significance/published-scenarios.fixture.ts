/**
 * The settings of a published simulation of paired intervals for repeated yes-or-no answers, which gave 95.7 % coverage to the
 * interval recommended for them. Repeats are drawn from one and the same policy of each arm: there is nothing that runs of
 * training differ by. Source: statsforevals.com/which-method, table 5; `sim_compare_boot_nested.py --official-test` of
 * github.com/ianarawjo/evalstats at 98bd27d (MIT), its binary scenarios.
 */
import library from 'jstat';
import type { Generator } from '../../random/generator.ts';
import { mean } from '../intervals/aggregate-scores.ts';

export interface PublishedScenario {
  readonly name: string;
  /** Mean of treatment − control over all problems there could be. */
  readonly trueDifference: number;
  /** differences[repeat][problem] of −1, 0 and 1. */
  readonly draw: (generator: Generator, problems: number, repeats: number) => number[][];
}

export const PUBLISHED_PROBLEMS: readonly number[] = [10, 20, 30, 50, 75, 100];
export const PUBLISHED_REPEATS = 5;

const NOISE_SHARES = [0.01, 0.1, 0.3, 0.5, 0.7, 0.95];
const MEANS = [0.5, 0.8, 0.2, 0.05, 0.93];
/** In standard deviations of one answer; added to the control's chances. */
const EFFECTS = [0, 0.2, 0.4];
/** Correlation of the normals behind the two arms' chances on a problem. */
const CORRELATION = 0.7;
/** Chances that only the treatment, and only the control, is right. Nothing else of an answer shows in a difference. */
const ONE_SIDED = [
  [0.001, 0.384], [0.384, 0.001], [0.02, 0.3], [0.3, 0.02], [0, 0.52], [0.52, 0],
  [0.001, 0.09], [0.09, 0.001], [0, 0.08], [0.08, 0], [0.05, 0.22], [0.22, 0.05],
] as const; // prettier-ignore

/** Atoms that stand in for a beta distribution; differences are exact for them. */
const ATOMS = 1000;

export function publishedScenarios(): PublishedScenario[] {
  return NOISE_SHARES.flatMap((noise) => [
    ...MEANS.flatMap((chance) => {
      const atoms = betaAtoms(chance, noise / (1 - noise));
      return EFFECTS.map((effect) => betaScenario({ chance, noise, effect, atoms }));
    }),
    ...ONE_SIDED.map((chances) => oneSidedScenario(chances, noise)),
  ]);
}

/** Quantiles of Beta(mean · concentration, (1 − mean) · concentration) at the middles of equal shares, by bisection. */
function betaAtoms(chance: number, concentration: number): number[] {
  const [a, b] = [chance * concentration, (1 - chance) * concentration];
  let floor = 0;
  return Array.from({ length: ATOMS }, (_, i) => {
    let [low, high] = [floor, 1];
    for (let halving = 0; halving < 30; halving += 1) {
      const middle = (low + high) / 2;
      if (library.jStat.beta.cdf(middle, a, b) < (i + 0.5) / ATOMS) low = middle;
      else high = middle;
    }
    floor = low;
    return (low + high) / 2;
  });
}

function betaScenario({
  chance,
  noise,
  effect,
  atoms,
}: {
  chance: number;
  noise: number;
  effect: number;
  atoms: readonly number[];
}): PublishedScenario {
  const shift = effect * Math.sqrt(chance * (1 - chance));
  const shifted = atoms.map((atom) => Math.min(1, atom + shift));
  const atomOf = (of: readonly number[], normal: number): number =>
    of[Math.min(ATOMS - 1, Math.floor(library.jStat.normal.cdf(normal, 0, 1) * ATOMS))]!;
  const draw: PublishedScenario['draw'] = (generator, problems, repeats) => {
    const chances = Array.from({ length: problems }, () => {
      const shared = generator.normal();
      const own = CORRELATION * shared + Math.sqrt(1 - CORRELATION ** 2) * generator.normal();
      return [atomOf(atoms, shared), atomOf(shifted, own)] as const;
    });
    const answer = (p: number): number => (generator.uniform() < p ? 1 : 0);
    return Array.from({ length: repeats }, () => chances.map(([p, q]) => answer(p) - answer(q)));
  };
  const name = `beta/${chance}/${noise}/${effect}`;
  return { name, trueDifference: mean(atoms) - mean(shifted), draw };
}

/** A problem's state is drawn once; in each repeat, with the chance `noise`, anew. */
function oneSidedScenario(
  [treatmentOnly, controlOnly]: (typeof ONE_SIDED)[number],
  noise: number,
): PublishedScenario {
  const difference = (generator: Generator): number => {
    const u = generator.uniform();
    if (u < treatmentOnly) return 1;
    return u < treatmentOnly + controlOnly ? -1 : 0;
  };
  const draw: PublishedScenario['draw'] = (generator, problems, repeats) => {
    const states = Array.from({ length: problems }, () => difference(generator));
    return Array.from({ length: repeats }, () =>
      states.map((state) => (generator.uniform() < noise ? difference(generator) : state)),
    );
  };
  const name = `one-sided/${treatmentOnly}/${controlOnly}/${noise}`;
  return { name, trueDifference: treatmentOnly - controlOnly, draw };
}
