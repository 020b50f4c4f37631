/** Made-up answers of two arms that do not differ, for the benches of error rates and of coverage. */
import { createGenerator, type Generator } from '../../random/generator.ts';
import { runSeed } from '../../random/run-seed.ts';
import { deriveStream } from '../../random/streams.ts';
import type { RunSeed, SimulatedDesign } from './simulated-differences.fixture.ts';

/** What bases and seeds of either arm are off by; `isHard`: chances of 0.1 · u³ in place of u, uniform on 0–1. */
export interface AnswerSpread {
  readonly base: number;
  readonly seed: number;
  readonly isHard: boolean;
}

export interface AnswerSimulation {
  readonly spread: AnswerSpread;
  /** Answers of each run to each problem. */
  readonly samples: number;
  /** Others draw other numbers. */
  readonly experiment: number;
  /** That of real runs unless told. */
  readonly seedOf?: RunSeed;
}

/** answers[run][problem][sample], 1 where correct. */
export type Answers = readonly (readonly (readonly number[])[])[];

export interface SimulatedAnswers {
  readonly treatment: Answers;
  readonly control: Answers;
  /** Base of each run. */
  readonly bases: readonly number[];
}

/** Both arms' answers to the same problems, their bases and seeds off independently. */
export function simulateAnswers(
  { bases, seedsPerBase, problems }: SimulatedDesign,
  { spread, samples, experiment, seedOf = runSeed }: AnswerSimulation,
): SimulatedAnswers {
  const streamOf = (of: number, name: string): Generator =>
    createGenerator(deriveStream(of, `counts/${experiment}/${name}`));
  const ofProblems = streamOf(0, 'problems');
  const chances = Array.from({ length: problems }, () =>
    spread.isHard ? 0.1 * ofProblems.uniform() ** 3 : ofProblems.uniform(),
  );
  const runs = Array.from({ length: bases * seedsPerBase }, (_, run) => {
    const [base, seed] = [Math.floor(run / seedsPerBase), run % seedsPerBase];
    const ofBase = streamOf(base, 'base');
    const ofSeed = streamOf(seedOf(base, seed), 'seed');
    const draws = streamOf(runSeed(base, seed), 'samples');
    const answer = (): number[][] => {
      const shift = spread.base * ofBase.normal() + spread.seed * ofSeed.normal();
      return chances.map((chance) =>
        Array.from({ length: samples }, () => (draws.uniform() < chance + shift ? 1 : 0)),
      );
    };
    return { base, treatment: answer(), control: answer() };
  });
  return {
    treatment: runs.map(({ treatment }) => treatment),
    control: runs.map(({ control }) => control),
    bases: runs.map(({ base }) => base),
  };
}
