import type { Opened } from '../../config/part.ts';
import { createRolloutBatch } from '../rollout-batch.fixture.ts';
import { AUTHORS, type RolloutBatch } from '../rollout-batch.ts';
import { joinDraws } from './join-draws.ts';
import type { Draw, RolloutShape } from './shape.ts';

/** Completions without a model: token t of a draw that it opens not is 100 · problem + 10 · sample + t; each is scored anew. */
export function pretendToSample(draws: readonly Draw[], width: number, score: number): RolloutBatch {
  const count = draws.length;
  const batch = createRolloutBatch({
    count,
    completionLength: width,
    groups: Int32Array.from(draws, ({ problem }) => problem),
    perToken: {
      logprobs: new Float32Array(count * width).fill(score),
      entropies: new Float32Array(count * width).fill(score),
    },
    perRollout: {},
  });
  draws.forEach(({ problem, sample, opening }, row) => {
    for (let at = 0; at < width; at += 1) {
      const given = opening?.tokens[at];
      batch.tokens[row * (1 + width) + 1 + at] = given ?? 100 * problem + 10 * sample + at;
      batch.authors[row * width + at] = given === undefined ? AUTHORS.policy : AUTHORS.forced;
    }
  });
  return batch;
}

export interface Rounds {
  readonly batch: RolloutBatch;
  readonly draws: readonly (readonly Draw[])[];
}

/** All rounds of a shape over pretended completions; round r is scored −r. */
export function drawRounds(
  { part, options }: Opened<RolloutShape<object>>,
  call: {
    readonly problems: readonly number[];
    readonly groupSize: number;
    readonly width: number;
    readonly uniform: (problem: number, round: number, i: number) => number;
  },
): Rounds {
  const { problems, groupSize, width } = call;
  const rounds: (readonly Draw[])[] = [];
  let batch: RolloutBatch | null = null;
  let draws = part.plan({ problems, groupSize }, options);
  while (draws.length > 0) {
    rounds.push(draws);
    const round = rounds.length;
    batch = joinDraws(batch, { draws, sampled: pretendToSample(draws, width, -round) }, 0);
    const uniform = (problem: number, i: number): number => call.uniform(problem, round, i);
    draws = part.next?.({ batch, round, uniform }, options) ?? [];
  }
  return { batch: batch!, draws: rounds };
}
