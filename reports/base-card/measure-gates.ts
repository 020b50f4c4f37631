import { judgeGate, type CardGate, type GateMeasure, type MeasuredGate } from '../../config/card-gate.ts';
import { mean } from '../../stats/intervals/aggregate-scores.ts';
import { meanInterval } from '../../stats/intervals/mean-interval.ts';
import { meanOverProblems, passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import { sumFormats } from '../tables/sum-formats.ts';
import type { CardEvaluation } from './base-card.ts';

/** What one arm of a card showed on one base seed. */
export interface GateArm {
  /** `base`, a trial, or the untrained model at another temperature. */
  readonly name: string;
  readonly evaluations: readonly CardEvaluation[];
  /** Share of problems whose greedy answer is right, by split; absent where nobody asked. */
  readonly greedy: Readonly<Record<string, number>>;
}

/** All arms of one base seed, by name. */
export type SeedArms = ReadonlyMap<string, GateArm>;

const SPLIT = 'clean';

function passAt(arm: GateArm | undefined, split: string, k: number): number | null {
  const rows = arm?.evaluations.filter((row) => row.split === split) ?? [];
  return meanOverProblems(rows, k, passAtK);
}

interface Candidate {
  readonly dev: number | null;
  readonly clean: number | null;
}

/** pass@1 on clean of the untrained model at the temperature at which dev is best, greedy answers among them; null: some are missing. */
function bestTemperature(arms: SeedArms, cooled: readonly string[]): number | null {
  const base = arms.get('base');
  const candidates: Candidate[] = [
    ...['base', ...cooled].map((name) => ({
      dev: passAt(arms.get(name), 'dev', 1),
      clean: passAt(arms.get(name), SPLIT, 1),
    })),
    { dev: base?.greedy['dev'] ?? null, clean: base?.greedy[SPLIT] ?? null },
  ];
  if (candidates.some(({ dev, clean }) => dev === null || clean === null)) return null;
  return candidates.reduce((best, each) => (each.dev! > best.dev! ? each : best)).clean;
}

function malformedShare(arm: GateArm | undefined): number | null {
  const rows = arm?.evaluations.filter(({ split }) => split === SPLIT) ?? [];
  const samples = rows.reduce((sum, { n }) => sum + n, 0);
  // An answer that was not found is counted as the empty text.
  return samples === 0 ? null : rows.reduce((sum, { answers }) => sum + (answers[''] ?? 0), 0) / samples;
}

function formatOf(
  arm: GateArm | undefined,
  { format, split = SPLIT }: Extract<GateMeasure, { format: string }>,
) {
  const rows = arm?.evaluations.filter((row) => row.split === split) ?? [];
  return { rows, total: sumFormats(rows).find((each) => each.format === format) };
}

function measure(wanted: GateMeasure, arms: SeedArms, cooled: readonly string[]): number | null {
  const base = arms.get('base');
  switch (wanted.of) {
    case 'greedy':
      return base?.greedy[SPLIT] ?? null;
    case 'pass@k':
      return passAt(base, wanted.split ?? SPLIT, wanted.k);
    case 'malformed-share':
      return malformedShare(base);
    case 'format-share': {
      const { rows, total } = formatOf(base, wanted);
      return rows.length === 0 ? null : (total?.share ?? 0);
    }
    case 'format-accuracy':
      return formatOf(base, wanted).total?.accuracy ?? null;
    case 'lift': {
      const reached = passAt(arms.get(wanted.arm), SPLIT, 1);
      const from = wanted.over === 'base' ? passAt(base, SPLIT, 1) : bestTemperature(arms, cooled);
      return reached === null || from === null ? null : reached - from;
    }
  }
}

/**
 * What gates come to: the mean over base seeds decides. A gate that some seed does not tell of is not measured.
 *
 * @param bySeed what was evaluated of each base seed that the card is about
 * @param cooled arms of the untrained model at temperatures below 1
 */
export function measureGates(
  gates: readonly CardGate[],
  bySeed: ReadonlyMap<number, SeedArms>,
  cooled: readonly string[],
): MeasuredGate[] {
  return gates.map((gate) => {
    const values: Record<string, number> = {};
    for (const [seed, arms] of bySeed) {
      const value = measure(gate.measure, arms, cooled);
      if (value !== null) values[seed] = value;
    }
    const known = Object.values(values);
    const isWhole = known.length > 0 && known.length === bySeed.size;
    const average = isWhole ? mean(known) : null;
    const interval = meanInterval(known);
    return {
      name: gate.name,
      values,
      mean: average,
      interval: interval === null ? null : [interval[0], interval[1]],
      state: judgeGate(gate, average),
    };
  });
}
