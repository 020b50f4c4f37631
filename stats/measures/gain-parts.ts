import type { IntervalEstimate } from '../quantile.ts';
import { bootstrapByRun, type ByRunInput } from '../intervals/bootstrap-by-run.ts';

/** Samples of one arm of one run, and correct ones: [problem][format], formats in one order for all arms. */
export interface FormatCounts {
  readonly n: readonly (readonly number[])[];
  readonly c: readonly (readonly number[])[];
}

/** A trained run beside the untrained base of the same base model and seed, on the same problems. */
export interface ComparedRun {
  /** pass@1(arm) − pass@1(base) of each problem. */
  readonly gain: readonly number[];
  /** What the arm wrote of its own accord. */
  readonly arm: FormatCounts;
  /** What the base wrote of its own accord, which gives its shares. */
  readonly base: FormatCounts;
  /** What gives the base's accuracy in each format: the same, or samples that were forced to begin so. */
  readonly baseGiven: FormatCounts;
  /** The same of the base at its best temperature; null: there is no such arm. */
  readonly temperedGiven: FormatCounts | null;
}

/** Parts of a gain in pass@1. */
interface GainParts<Value> {
  /** share + within */
  readonly gain: Value;
  /** Eliciting: other formats than the base's, at the base's accuracy in each. */
  readonly share: Value;
  /** What is left of the gain; temperature + rest. */
  readonly within: Value;
  /** Sharpening: what the base at its best temperature gains within the formats. Null without that arm. */
  readonly temperature: Value | null;
  /** Teaching, or below 0 what training lost of it: what neither format nor temperature gives. */
  readonly rest: Value | null;
  /** Share of the arm's samples in formats of which the accuracy of the base, or of its best temperature, is not known. */
  readonly unknown: Value;
}

/** Sums over problems by format, each problem as often as it was drawn. */
function sumByFormat(values: readonly (readonly number[])[], counts: Int32Array): number[] {
  const sums: number[] = values[0]!.map(() => 0);
  values.forEach((row, problem) => {
    const times = counts[problem]!;
    if (times > 0) row.forEach((value, format) => (sums[format]! += times * value));
  });
  return sums;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Accuracy in each format; null where there is no sample in it. */
function accuraciesOf({ n, c }: FormatCounts, counts: Int32Array): (number | null)[] {
  const correct = sumByFormat(c, counts);
  return sumByFormat(n, counts).map((samples, format) => (samples === 0 ? null : correct[format]! / samples));
}

/** Share of each format; 0 for all without a sample. */
function sharesOf({ n }: FormatCounts, counts: Int32Array): number[] {
  const samples = sumByFormat(n, counts);
  const all = total(samples);
  return samples.map((value) => (all === 0 ? 0 : value / all));
}

/**
 * Parts of one run's gain: with shares s and accuracies a of the base, s′ and a′ of the arm, t of the base at its best temperature,
 * share = Σ (s′ − s)·a, temperature = Σ s′·(t − a), rest = gain − share − temperature, over formats. Where a or t is not known, a′
 * stands in for it, so that what is not known never counts as taught.
 *
 * @param counts [P] how often each problem counts
 */
export function splitGain(run: ComparedRun, counts: Int32Array): GainParts<number> {
  const [shares, armShares] = [sharesOf(run.base, counts), sharesOf(run.arm, counts)];
  const own = accuraciesOf(run.arm, counts);
  const known = accuraciesOf(run.baseGiven, counts);
  const tempered = run.temperedGiven === null ? null : accuraciesOf(run.temperedGiven, counts);
  const accuracy = (format: number): number => known[format] ?? own[format] ?? 0;
  const at = (format: number): number => tempered?.[format] ?? own[format] ?? 0;
  const gain = total(run.gain.map((value, p) => counts[p]! * value)) / total([...counts]);
  const share = total(armShares.map((value, f) => (value - shares[f]!) * accuracy(f)));
  const temperature =
    tempered === null ? null : total(armShares.map((value, f) => value * (at(f) - accuracy(f))));
  const isUnknown = (f: number): boolean => known[f] === null || tempered?.[f] === null;
  return {
    gain,
    share,
    within: gain - share,
    temperature,
    rest: temperature === null ? null : gain - share - temperature,
    unknown: total(armShares.filter((_, f) => isUnknown(f))),
  };
}

/**
 * Parts of an arm's gain over the untrained base: the mean over runs of each run's parts, every base counting the same, with
 * percentile intervals of jointly drawn bases, seeds and problems. All runs have a tempered arm, or none has.
 *
 * @throws ScoreShapeError as `bootstrapByRun`
 */
export function estimateGainParts(
  runs: readonly ComparedRun[],
  input: Omit<ByRunInput, 'runs' | 'problems'>,
): GainParts<IntervalEstimate> {
  const hasTempered = runs.length > 0 && runs[0]!.temperedGiven !== null;
  const [gain, share, within, unknown, temperature, rest] = bootstrapByRun(
    (run, counts) => {
      const parts = splitGain(runs[run]!, counts);
      const whole = [parts.gain, parts.share, parts.within, parts.unknown];
      return hasTempered ? [...whole, parts.temperature!, parts.rest!] : whole;
    },
    { ...input, runs: runs.length, problems: runs[0]?.gain.length ?? 0 },
  );
  return {
    gain: gain!,
    share: share!,
    within: within!,
    temperature: temperature ?? null,
    rest: rest ?? null,
    unknown: unknown!,
  };
}
