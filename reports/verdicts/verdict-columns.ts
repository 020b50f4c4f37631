import { marginValue, shareOf, unitOfMetric } from '../../config/hypothesis.ts';
import { describeComparison, describeMetric, describeTest } from '../text/hypothesis-text.ts';
import {
  describeDetectable,
  describeEffect,
  describeNeed,
  describeP,
  describeSize,
} from '../text/verdict-text.ts';
import type { Table, TableColumn } from '../tables/table.ts';
import { isDecided, type DecidedRow, type VerdictRow } from './verdict-table.ts';

/** Of the evidence; absent where nothing was decided. */
const ifDecided =
  <Value>(cell: (row: DecidedRow) => Value) =>
  (row: VerdictRow): Value | null =>
    isDecided(row) ? cell(row) : null;

/** Columns of the file that hold numbers of the evidence. */
const EVIDENCE: readonly TableColumn<VerdictRow>[] = [
  { name: 'effect', cell: ifDecided(({ evidence }) => evidence.effect) },
  { name: 'low', cell: ifDecided(({ evidence }) => evidence.low) },
  { name: 'high', cell: ifDecided(({ evidence }) => evidence.high) },
  { name: 'p', cell: ifDecided(({ evidence }) => evidence.supportP) },
  { name: 'holm_p', cell: ifDecided(({ holmSupportP }) => holmSupportP) },
  { name: 'opposite_p', cell: ifDecided(({ evidence }) => evidence.contradictP) },
  { name: 'opposite_holm_p', cell: ifDecided(({ holmContradictP }) => holmContradictP) },
  { name: 'no_effect_p', cell: ifDecided(({ evidence }) => evidence.noEffectP) },
  { name: 'no_effect_holm_p', cell: ifDecided(({ holmNoEffectP }) => holmNoEffectP) },
  { name: 'bh_p', cell: ifDecided(({ bhSupportP }) => bhSupportP) },
  { name: 'opposite_bh_p', cell: ifDecided(({ bhContradictP }) => bhContradictP) },
  { name: 'bootstrap_low', cell: ifDecided(({ evidence }) => evidence.bootstrapLow) },
  { name: 'bootstrap_high', cell: ifDecided(({ evidence }) => evidence.bootstrapHigh) },
  { name: 'bootstrap_p', cell: ifDecided(({ evidence }) => evidence.bootstrapP) },
  { name: 'run_sign_flip_p', cell: ifDecided(({ evidence }) => evidence.pairFlipP) },
  { name: 'problem_sign_flip_p', cell: ifDecided(({ evidence }) => evidence.problemFlipP) },
  { name: 'detectable', cell: ifDecided(({ evidence }) => evidence.detectable) },
  { name: 'detectable_at_holm', cell: ifDecided(({ evidence }) => evidence.detectableAtHolm) },
  { name: 'bases_needed', cell: ifDecided(({ evidence }) => evidence.needed.bases) },
  { name: 'seeds_per_base_needed', cell: ifDecided(({ evidence }) => evidence.needed.seedsPerBase) },
  { name: 'bases', cell: ifDecided(({ evidence }) => evidence.bases) },
  { name: 'seeds', cell: ifDecided(({ evidence }) => evidence.pairs) },
  { name: 'problems', cell: ifDecided(({ evidence }) => evidence.problems) },
  { name: 'look', cell: ({ look }) => look?.number ?? null },
  { name: 'look_bases', cell: ({ look }) => look?.bases ?? null },
  { name: 'look_level', cell: ({ look }) => look?.level ?? null },
];

/** As declared, or as estimated from its positive control; null where that was not to be had. */
function marginOf(row: VerdictRow): number | null {
  return marginValue(row.hypothesis) ?? (isDecided(row) ? row.evidence.margin : null);
}

/** File and summary; on the page verdicts are coloured tags and cells hold two texts, so the section there has its own. */
export const verdictTable: Table<VerdictRow> = {
  file: 'verdicts.csv',
  columns: [
    { name: 'hypothesis', cell: (row) => row.number },
    { name: 'claim', summary: 'claim', cell: ({ hypothesis }) => hypothesis.claim },
    { name: 'verdict', summary: 'verdict', cell: (row) => row.verdict },
    { name: 'reason', cell: (row) => (isDecided(row) ? null : row.reason) },
    { name: 'reported', summary: 'paper', cell: ({ hypothesis }) => hypothesis.reported },
    { summary: 'effect (95% interval)', cell: ifDecided(describeEffect) },
    { summary: 'Holm p (BH beside it)', cell: ifDecided(describeP) },
    { summary: 'compared', cell: ({ hypothesis }) => describeTest(hypothesis) },
    { summary: 'size', cell: ifDecided(describeSize) },
    { summary: 'detectable at Holm’s level / of interest', cell: ifDecided(describeDetectable) },
    { summary: 'what it would take', cell: describeNeed },
    { name: 'treatment', cell: ({ hypothesis }) => hypothesis.treatment ?? null },
    { name: 'control', cell: ({ hypothesis }) => hypothesis.control ?? null },
    {
      name: 'contrast',
      cell: ({ hypothesis }) => (hypothesis.contrast === undefined ? null : describeComparison(hypothesis)),
    },
    { name: 'metric', cell: ({ hypothesis }) => describeMetric(hypothesis.metric) },
    {
      name: 'control_metric',
      cell: ({ hypothesis: { metric, controlMetric } }) => describeMetric(controlMetric ?? metric),
    },
    { name: 'unit', cell: ({ hypothesis }) => unitOfMetric(hypothesis.metric) },
    { name: 'alternative', cell: ({ hypothesis }) => hypothesis.alternative },
    { name: 'margin', cell: marginOf },
    { name: 'margin_share', cell: ({ hypothesis }) => shareOf(hypothesis)?.share ?? null },
    { name: 'interest', cell: ({ hypothesis }) => hypothesis.interest?.value ?? null },
    { name: 'requires', cell: ({ hypothesis }) => hypothesis.requires?.join(' ') ?? null },
    ...EVIDENCE,
  ],
};
