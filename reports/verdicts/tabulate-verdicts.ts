import { decideAtLook, planLooks, type Look } from '../../stats/significance/group-sequential.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { collectFinalCounts } from '../comparison/final-counts.ts';
import { limitToBases } from './limit-to-bases.ts';
import { decideRows, isDecided, type Known, type ReachedLook, type VerdictRow } from './verdict-table.ts';
import { weighChecks } from './weigh-checks.ts';

/** A look of the lock, and the base seeds that it is of. */
interface PlannedLook extends ReachedLook, Look {
  readonly baseSeeds: readonly number[];
}

/** The looks of the lock, with what each spends; empty: it has none. */
function listLooks({ lock: record }: ComparisonInput): PlannedLook[] {
  if (record?.lock.looks === undefined) return [];
  const { looks, bases, alpha } = record.lock;
  const plannedBases = bases.length;
  const fractions = looks.map((count) => count / plannedBases);
  return planLooks(fractions, alpha).map((look, i) => ({
    ...look,
    ...{ number: i + 1, of: looks.length, bases: looks[i]!, plannedBases },
    baseSeeds: bases.slice(0, looks[i]!),
  }));
}

/** Of the claims at a look: decided for, against, or that nothing of interest is there. */
const isShown = (row: VerdictRow): boolean => isDecided(row) && row.verdict !== 'underpowered';

/** Neither the claim, nor its opposite, nor the absence of an effect of interest has a tenth of a chance left. */
function isGivenUp(
  row: VerdictRow,
  at: { looks: readonly Look[]; index: number; hypotheses: number },
): boolean {
  if (!isDecided(row)) return false;
  const { evidence, holmSupportP, holmContradictP, holmNoEffectP } = row;
  const { looks, index, hypotheses } = at;
  const tested = [
    { p: evidence.supportP, holmP: holmSupportP },
    { p: evidence.contradictP, holmP: holmContradictP },
    ...(evidence.noEffectP === null ? [] : [{ p: evidence.noEffectP, holmP: holmNoEffectP! }]),
  ];
  return tested.every((one) => decideAtLook(looks, index, { ...one, hypotheses }) === 'futile');
}

function decideLook(input: ComparisonInput, planned: PlannedLook): VerdictRow[] {
  const { number, of, bases, plannedBases, level } = planned;
  const limited = limitToBases(input, planned.baseSeeds);
  const { finals } = collectFinalCounts(limited);
  const known = { input: limited, finals, checks: weighChecks(limited, finals) };
  return decideRows(known, { number, of, bases, plannedBases, level });
}

/** What the looks that a claim has reached come to. */
interface LooksSoFar {
  readonly rows: readonly VerdictRow[];
  /** The look that the claim is to be run to: the next one where it goes on, else the one that it is at. */
  readonly target: PlannedLook;
}

/**
 * What is shown at a look stays as it was shown there; the rest is as the newest look has it. A claim goes on to the next look unless
 * runs of this one are unfinished, or every hypothesis is shown or given up.
 */
function decideLooks(input: ComparisonInput, looks: readonly PlannedLook[]): LooksSoFar {
  const present = new Set(input.runs.map(({ baseSeed }) => baseSeed));
  const reached = looks.filter(({ baseSeeds }) => baseSeeds.every((seed) => present.has(seed)));
  const [first, ...later] = looks;
  if (reached.length === 0) {
    const reason = `${present.size} of the ${first!.bases} bases of the first look are there`;
    const toRow = (hypothesis: VerdictRow['hypothesis'], i: number): VerdictRow => ({
      ...{ number: i + 1, hypothesis, look: null, verdict: 'pending', reason },
    });
    return { rows: input.experiment.hypotheses.map(toRow), target: first! };
  }
  const atLooks = reached.map((look) => decideLook(input, look));
  const newest = atLooks.at(-1)!;
  const rows = newest.map((row, i) => atLooks.map((at) => at[i]!).find(isShown) ?? row);
  const at = { looks, index: reached.length - 1, hypotheses: rows.length };
  const isOver = rows.every((row) => isShown(row) || isGivenUp(row, at));
  const isUnfinished = newest.some(({ verdict }) => verdict === 'pending');
  const next = isOver || isUnfinished ? undefined : later[at.index];
  return { rows, target: next ?? reached.at(-1)! };
}

/** A hypothesis that waits for the next look is decided by nothing yet. */
function toWaiting(row: VerdictRow, target: PlannedLook): VerdictRow {
  if (isShown(row) || row.look === null || row.look.number === target.number) return row;
  const { number, of, bases, plannedBases } = row.look;
  const reason = `undecided at look ${number} of ${of} (${bases} of ${plannedBases} bases), and not given up`;
  return { number: row.number, hypothesis: row.hypothesis, look: row.look, verdict: 'pending', reason };
}

/**
 * A verdict for each hypothesis of the experiment: of all that is there, or, where its lock has looks, of the first look that showed
 * one. Base seeds beyond those of the lock count in no look.
 */
export function tabulateVerdicts(
  input: ComparisonInput,
  finals: Known['finals'],
  checks: Known['checks'],
): VerdictRow[] {
  const looks = listLooks(input);
  if (looks.length === 0) return decideRows({ input, finals, checks }, null);
  const { rows, target } = decideLooks(input, looks);
  return rows.map((row) => toWaiting(row, target));
}

/** Base seeds that a claim with looks is to be run with now, by what is stored of it; null: it has no looks. */
export function listBasesToRun(input: ComparisonInput): readonly number[] | null {
  const looks = listLooks(input);
  return looks.length === 0 ? null : decideLooks(input, looks).target.baseSeeds;
}
