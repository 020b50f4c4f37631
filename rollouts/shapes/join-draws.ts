import { listGroups } from '../groups.ts';
import type { Columns, RolloutBatch, SampledColumn } from '../rollout-batch.ts';
import { selectRows, type RowOfBatch } from '../select-rows.ts';
import type { Draw } from './shape.ts';

type Row = RowOfBatch<SampledColumn, never>;

/** Rollouts by group, then by sample. */
type Places = Map<number, Map<number, Row>>;

function placeRows(batch: RolloutBatch): Places {
  const places: Places = new Map();
  for (const rows of listGroups(batch.groups)) {
    const members = rows.map((row, sample): [number, Row] => [sample, { batch, row }]);
    places.set(batch.groups[rows[0]!]!, new Map(members));
  }
  return places;
}

/** Puts what the parent of row `to` has for its first `count` tokens in place of what feeding them anew gave. */
function copyScores(
  into: Columns<string>,
  to: { readonly begin: number; readonly count: number },
  { batch, row }: Row,
): void {
  const begin = row * batch.completionLength;
  for (const [name, values] of Object.entries<Float32Array>(into)) {
    const known = (batch.perToken as Columns<string>)[name]!;
    values.set(known.subarray(begin, begin + to.count), to.begin);
  }
}

/** The sampled batch with what its openings tell: authors, parents, and the scores of shared tokens as when they were drawn. */
function applyOpenings(draws: readonly Draw[], sampled: RolloutBatch, before: Places): RolloutBatch {
  const names = Object.keys(sampled.perToken) as SampledColumn[];
  const perToken = Object.fromEntries(names.map((name) => [name, sampled.perToken[name].slice()]));
  const authors = sampled.authors.slice();
  const parents = sampled.parents.slice();
  const forkAt = sampled.forkAt.slice();
  draws.forEach(({ problem, opening }, row) => {
    if (opening === null) return;
    const begin = row * sampled.completionLength;
    authors.set(opening.authors, begin);
    parents[row] = opening.parent;
    forkAt[row] = opening.forkAt;
    if (opening.parent < 0) return;
    const parent = before.get(problem)!.get(opening.parent)!;
    copyScores(perToken, { begin, count: opening.forkAt }, parent);
  });
  return { ...sampled, authors, parents, forkAt, perToken: perToken as RolloutBatch['perToken'] };
}

/**
 * The rollouts so far with those of another round of draws, by group and sample.
 *
 * @param done null: this is the first round
 * @param round.sampled row i is what draw i became
 */
export function joinDraws(
  done: RolloutBatch | null,
  round: { readonly draws: readonly Draw[]; readonly sampled: RolloutBatch },
  padId: number,
): RolloutBatch {
  const places: Places = done === null ? new Map() : placeRows(done);
  const batch = applyOpenings(round.draws, round.sampled, places);
  round.draws.forEach(({ problem, sample }, row) => {
    const members = places.get(problem) ?? new Map<number, Row>();
    places.set(problem, members.set(sample, { batch, row }));
  });
  const rows = [...places.values()].flatMap((members) =>
    [...members].sort(([a], [b]) => a - b).map(([, row]) => row),
  );
  return selectRows(rows, padId);
}
