import { stringify } from 'csv-stringify/sync';
import type { Analysis } from './analyze-comparison.ts';
import type { ComparisonInput } from './comparison-input.ts';

type Cell = string | number | boolean | null;

/**
 * One CSV table: header, then rows. Text that a spreadsheet would run as a formula (leading = + - @, tab or carriage
 * return, also after blanks) gets a leading apostrophe; numbers are left as they are.
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const guarded = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? guardFormula(cell) : cell)),
  );
  return stringify([[...columns], ...guarded], { cast: { boolean: String } });
}

function guardFormula(text: string): string {
  return /^\s*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
}

function provenanceColumns({ runs }: ComparisonInput): string[] {
  return [...new Set(runs.flatMap(({ provenance }) => Object.keys(provenance)))].sort();
}

function runsCsv(input: ComparisonInput): string {
  const provenance = provenanceColumns(input);
  const conditionOf = new Map(input.conditions.map((condition) => [condition.name, condition]));
  return toCsv(
    [
      'run',
      'condition',
      'scheme',
      'seed',
      'status',
      'steps_done',
      'condition_fingerprint',
      'base_model',
      'checkpoint_sha256',
      'failure',
      ...provenance,
    ],
    input.runs.map((run) => {
      const condition = conditionOf.get(run.condition)!;
      return [
        run.id,
        run.condition,
        condition.schemeName,
        run.seed,
        run.status,
        run.stepsDone,
        condition.fingerprint,
        condition.baseModelId,
        run.checkpointSha256,
        run.failure,
        ...provenance.map((name) => run.provenance[name] ?? null),
      ];
    }),
  );
}

function evaluationsCsv(input: ComparisonInput): string {
  const runs = new Map(input.runs.map((run) => [run.id, run]));
  return toCsv(
    ['run', 'condition', 'seed', 'split', 'step', 'problem', 'n', 'c'],
    input.evaluations.map((row) => {
      const { condition, seed } = runs.get(row.runId)!;
      return [row.runId, condition, seed, row.split, row.step, row.problemId, row.n, row.c];
    }),
  );
}

function differencesCsv({ differences }: Analysis): string {
  return toCsv(
    [
      'condition',
      'reference',
      'reference_is_baseline',
      'split',
      'k',
      'difference',
      'low',
      'high',
      'p',
      'holm_p',
      'problem_sign_flip_p',
      'seeds',
      'problems',
      'seed_pairing',
    ],
    differences.map((row) => [
      row.condition,
      row.reference,
      row.isToBaseline,
      row.split,
      row.k,
      row.difference,
      row.low,
      row.high,
      row.p,
      row.holmP,
      row.problemSignFlipP,
      row.seeds,
      row.problems,
      row.seedPairing,
    ]),
  );
}

/** Every table of the report, as file name → text; `input` is sorted. */
export function toCsvFiles(input: ComparisonInput, analysis: Analysis): Map<string, string> {
  return new Map([
    ['runs.csv', runsCsv(input)],
    [
      'pass-at-k.csv',
      toCsv(
        ['condition', 'split', 'k', 'mean', 'low', 'high', 'seeds', 'problems'],
        analysis.passAtK.map((row) => [
          row.condition,
          row.split,
          row.k,
          row.mean,
          row.low,
          row.high,
          row.seeds,
          row.problems,
        ]),
      ),
    ],
    ['differences.csv', differencesCsv(analysis)],
    [
      'gap.csv',
      toCsv(
        ['condition', 'quantity', 'k', 'contaminated', 'clean', 'value', 'low', 'high', 'seeds'],
        analysis.gaps.map((row) => [
          row.condition,
          row.quantity,
          row.k,
          row.contaminated,
          row.clean,
          row.value,
          row.low,
          row.high,
          row.seeds,
        ]),
      ),
    ],
    [
      'learning-curves.csv',
      toCsv(
        ['condition', 'metric', 'step', 'mean', 'lowest_seed', 'highest_seed', 'seeds'],
        analysis.curves.map((row) => [
          row.condition,
          row.metric,
          row.step,
          row.mean,
          row.lowest,
          row.highest,
          row.seeds,
        ]),
      ),
    ],
    [
      'reward-truth.csv',
      toCsv(
        ['condition', 'verdict', 'rollouts', 'share', 'reward_mean'],
        analysis.rewardTruth.map((row) => [
          row.condition,
          row.verdict,
          row.rollouts,
          row.share,
          row.rewardMean,
        ]),
      ),
    ],
    ['evaluations.csv', evaluationsCsv(input)],
  ]);
}
