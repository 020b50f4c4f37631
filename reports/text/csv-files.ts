import { stringify } from 'csv-stringify/sync';
import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { verdictCells, verdictColumns } from './verdict-cells.ts';
import type { VerdictRow } from '../tables/verdict-table.ts';

type Cell = string | number | boolean | null;

/**
 * One CSV table: header, then rows. Text that a spreadsheet would run as a formula (leading = + - @, tab or carriage
 * return, also after blanks) gets a leading apostrophe; numbers are left as they are.
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const guarded = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? guardFormula(cell) : cell)),
  );
  return stringify([columns.map(guardFormula), ...guarded], { cast: { boolean: String } });
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
      'base_seed',
      'seed',
      'status',
      'steps_done',
      'condition_fingerprint',
      'base_model',
      'checkpoint_sha256',
      'sources_sha256',
      'failure',
      ...provenance,
    ],
    input.runs.map((run) => {
      const condition = conditionOf.get(run.condition)!;
      return [
        run.id,
        run.condition,
        condition.schemeName,
        run.baseSeed,
        run.seed,
        run.status,
        run.stepsDone,
        condition.fingerprint,
        condition.baseModelId,
        run.checkpointSha256,
        run.sources,
        run.failure,
        ...provenance.map((name) => run.provenance[name] ?? null),
      ];
    }),
  );
}

function evaluationsCsv(input: ComparisonInput): string {
  const runs = new Map(input.runs.map((run) => [run.id, run]));
  return toCsv(
    ['run', 'condition', 'base_seed', 'seed', 'split', 'step', 'problem', 'n', 'c'],
    input.evaluations.map((row) => {
      const { condition, baseSeed, seed } = runs.get(row.runId)!;
      return [row.runId, condition, baseSeed, seed, row.split, row.step, row.problemId, row.n, row.c];
    }),
  );
}

function verdictsCsv(verdicts: readonly VerdictRow[]): string {
  return toCsv(verdictColumns, verdicts.map(verdictCells));
}

/** A table of the same-named members of its rows, in snake case. */
function tableOf<Row extends object>(members: readonly (keyof Row & string)[], rows: readonly Row[]): string {
  const title = (member: string): string => member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return toCsv(
    members.map(title),
    rows.map((row) => members.map((member) => row[member] as Cell)),
  );
}

/** Every table of the report, as file name → text; `input` is sorted. */
export function toCsvFiles(input: ComparisonInput, analysis: Analysis): Map<string, string> {
  const againstReference = ['condition', 'reference', 'split'] as const;
  const sizes = ['bases', 'seeds', 'problems'] as const;
  const interval = ['mean', 'low', 'high', 'bases', 'seeds', 'problems'] as const;
  return new Map([
    ['verdicts.csv', verdictsCsv(analysis.verdicts)],
    ['runs.csv', runsCsv(input)],
    [
      'equal-tokens.csv',
      tableOf(['condition', 'equal', 'budget', 'tokens', 'steps', ...interval], analysis.equalBudgets),
    ],
    [
      'compute.csv',
      tableOf(['condition', 'stage', 'role', 'tokens', 'flops', 'labels', 'calls', 'runs'], analysis.compute),
    ],
    ['pass-at-k.csv', tableOf(['condition', 'split', 'k', ...interval], analysis.passAtK)],
    ['consistency.csv', tableOf(['condition', 'split', 'metric', 'k', ...interval], analysis.consistency)],
    [
      'differences.csv',
      tableOf(
        [
          'condition',
          'reference',
          'isToBaseline',
          'split',
          'k',
          'difference',
          'low',
          'high',
          'p',
          'holmP',
          'problemSignFlipP',
          'bases',
          'seeds',
          'problems',
          'seedPairing',
        ],
        analysis.differences,
      ),
    ],
    [
      'gap.csv',
      tableOf(
        ['condition', 'quantity', 'k', 'contaminated', 'clean', 'value', 'low', 'high', 'bases', 'seeds'],
        analysis.gaps,
      ),
    ],
    [
      'boundary.csv',
      tableOf(
        [
          ...againstReference,
          'n',
          'state',
          'crossingK',
          'crossingLow',
          'crossingHigh',
          'atStartShare',
          'neverShare',
          'referencePassAtN',
          'conditionPassAtN',
          'conditionPassAt1',
          'efficiencyGap',
          'gapLow',
          'gapHigh',
          ...sizes,
        ],
        analysis.boundaries,
      ),
    ],
    [
      'solved-sets.csv',
      tableOf(
        [
          ...againstReference,
          'referenceOnly',
          'both',
          'conditionOnly',
          'neither',
          'total',
          'referenceOnlyShare',
          'bothShare',
          'conditionOnlyShare',
          'neitherShare',
          'seeds',
          'problems',
        ],
        analysis.solvedSets,
      ),
    ],
    [
      'strategies.csv',
      tableOf(
        [
          ...againstReference,
          'before',
          'after',
          'share',
          'gain',
          'low',
          'high',
          'totalGain',
          'totalLow',
          'totalHigh',
          'state',
          'contribution',
          ...sizes,
        ],
        analysis.strategies,
      ),
    ],
    [
      'saturation.csv',
      tableOf(
        [
          'condition',
          'fixedProblems',
          'state',
          'runs',
          'saturatedRuns',
          'measuredRuns',
          'earliestStep',
          'latestStep',
          'devAtSaturation',
          'devAtEnd',
          'gain',
          'low',
          'high',
        ],
        analysis.saturation,
      ),
    ],
    [
      'learning-curves.csv',
      tableOf(['condition', 'metric', 'step', 'mean', 'lowest', 'highest', 'seeds'], analysis.curves),
    ],
    [
      'reward-truth.csv',
      tableOf(['condition', 'verdict', 'rollouts', 'share', 'rewardMean'], analysis.rewardTruth),
    ],
    [
      'formats.csv',
      tableOf(['condition', 'split', 'format', 'samples', 'share', 'accuracy'], analysis.formats),
    ],
    [
      'calibration.csv',
      tableOf(['condition', 'split', 'metric', 'mean', 'lowest', 'highest', 'runs'], analysis.calibration),
    ],
    [
      'reliability.csv',
      tableOf(['condition', 'split', 'confidence', 'samples', 'accuracy'], analysis.reliability),
    ],
    ['evaluations.csv', evaluationsCsv(input)],
  ]);
}
