import { unitOfMetric } from '../../config/hypothesis.ts';
import { isDecided, type DecidedRow, type VerdictRow } from '../tables/verdict-table.ts';
import { describeMetric } from './verdict-text.ts';

type Cell = string | number | null;

/** Columns of verdicts.csv that hold numbers of the evidence; empty where nothing was decided. */
const NUMBERS: readonly [title: string, cell: (row: DecidedRow) => number | null][] = [
  ['effect', ({ evidence }) => evidence.effect],
  ['low', ({ evidence }) => evidence.low],
  ['high', ({ evidence }) => evidence.high],
  ['p', ({ evidence }) => evidence.supportP],
  ['holm_p', ({ holmSupportP }) => holmSupportP],
  ['opposite_p', ({ evidence }) => evidence.contradictP],
  ['opposite_holm_p', ({ holmContradictP }) => holmContradictP],
  ['bootstrap_low', ({ evidence }) => evidence.bootstrapLow],
  ['bootstrap_high', ({ evidence }) => evidence.bootstrapHigh],
  ['bootstrap_p', ({ evidence }) => evidence.bootstrapP],
  ['run_sign_flip_p', ({ evidence }) => evidence.pairFlipP],
  ['problem_sign_flip_p', ({ evidence }) => evidence.problemFlipP],
  ['detectable', ({ evidence }) => evidence.detectable],
  ['bases_needed', ({ evidence }) => evidence.needed.bases],
  ['seeds_per_base_needed', ({ evidence }) => evidence.needed.seedsPerBase],
  ['bases', ({ evidence }) => evidence.bases],
  ['seeds', ({ evidence }) => evidence.pairs],
  ['problems', ({ evidence }) => evidence.problems],
];

export const verdictColumns: readonly string[] = [
  'hypothesis',
  'claim',
  'verdict',
  'reason',
  'reported',
  'treatment',
  'control',
  'metric',
  'control_metric',
  'unit',
  'alternative',
  'margin',
  ...NUMBERS.map(([title]) => title),
];

export function verdictCells(row: VerdictRow): Cell[] {
  const { claim, reported, treatment, control, metric, controlMetric, alternative, margin } = row.hypothesis;
  return [
    row.number,
    claim,
    row.verdict,
    isDecided(row) ? null : row.reason,
    reported,
    treatment,
    control,
    describeMetric(metric),
    describeMetric(controlMetric ?? metric),
    unitOfMetric(metric),
    alternative,
    margin?.value ?? 0,
    ...NUMBERS.map(([, cell]) => (isDecided(row) ? cell(row) : null)),
  ];
}
