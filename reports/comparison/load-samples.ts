import { toFloats, toInts } from '../../db/blobs.ts';
import { listLastEvaluated, listLastRollouts, type RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import type { RunWithCondition } from '../../db/queries/runs.ts';
import type { Database } from '../../db/store/connection.ts';
import type { FinalSample, SampleRollout, TokenTrace } from './comparison-input.ts';

/** Rollouts that are shown token by token, per phase of one run of each condition: more wrong ones, which say more. */
export const SHOWN = { wrong: 4, right: 2 };

/** What each token adds to the rollout's text, '' where it adds none (db/rollout-schema.ts says how a row tells). */
function splitTokens({ text, isTruncated, tokenEnds }: RolloutWithVerdict): string[] {
  if (tokenEnds !== null) {
    const ends = toInts(tokenEnds);
    return Array.from(ends, (end, i) => text.slice(ends[i - 1] ?? 0, end));
  }
  return isTruncated ? [...text] : [...text, ''];
}

/** How a token without text is shown: the end token, or one within. */
const END_MARK = '∎';
const TEXTLESS_MARK = '◦';

/** Null where the row does not tell its tokens apart, as one of an older store with a special token inside may not. */
function traceTokens(row: RolloutWithVerdict): TokenTrace[] | null {
  const pieces = splitTokens(row);
  if (pieces.length !== row.tokenCount) return null;
  const entropies = toFloats(row.entropies);
  const [credit, weights] = [row.credit, row.tokenWeights].map((blob) =>
    blob === null ? null : toFloats(blob),
  );
  const columns = [entropies, credit, weights];
  if (columns.some((column) => column && column.length !== row.tokenCount)) return null;
  const markOf = (i: number): string =>
    i === row.tokenCount - 1 && !row.isTruncated ? END_MARK : TEXTLESS_MARK;
  return pieces.map((piece, i) => ({
    text: piece === '' ? markOf(i) : piece,
    entropy: entropies[i]!,
    credit: credit?.[i] ?? null,
    weight: weights?.[i] ?? null,
  }));
}

/** Each condition's completed run with the lowest seeds, by the id under which its rows are recorded. */
function chooseShown(
  runs: readonly RunWithCondition[],
): { readonly id: string; readonly recorded: string }[] {
  const shown = new Map<string, RunWithCondition>();
  for (const run of runs) {
    if (run.status === 'completed' && !shown.has(run.conditionName)) shown.set(run.conditionName, run);
  }
  return [...shown.values()].map((run) => ({ id: run.id, recorded: run.reusedRunId ?? run.id }));
}

/** Of one run of each condition, of its last training step and its final evaluations. */
export function loadSampleRollouts(db: Database, runs: readonly RunWithCondition[]): SampleRollout[] {
  return chooseShown(runs).flatMap(({ id, recorded }) =>
    ['train', 'clean', 'contaminated'].flatMap((phase) =>
      listLastRollouts(db, { runId: recorded, phase, ...SHOWN }).map((row) => ({
        runId: id,
        phase,
        step: row.step,
        problemId: row.problemKey,
        prompt: row.prompt,
        answer: row.answer,
        completion: row.text,
        tokens: traceTokens(row),
        verdict: row.verdict.outcome,
        reward: row.reward,
      })),
    ),
  );
}

/** What the same runs kept of their last evaluation on a split. */
export function loadFinalSamples(
  db: Database,
  { runs, split }: { readonly runs: readonly RunWithCondition[]; readonly split: string },
): FinalSample[] {
  return chooseShown(runs).flatMap(({ id, recorded }) =>
    listLastEvaluated(db, { runId: recorded, split }).map((row) => ({
      runId: id,
      phase: split,
      problemId: row.problemKey,
      prompt: row.prompt,
      answer: row.answer,
      completion: row.text,
      verdict: row.verdict.outcome,
    })),
  );
}
