import { listTerms, type Hypothesis } from '../../config/hypothesis.ts';
import { recoverShares } from '../../stats/significance/recover-components.ts';
import { varianceComponents } from '../../stats/significance/power.ts';
import { collectFinalCounts } from '../comparison/final-counts.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { describeComparison, describeMetric } from '../text/hypothesis-text.ts';
import { parseCsv } from '../text/parse-csv.ts';
import { measureTerms, weighScores } from '../verdicts/align-scores.ts';
import type { ComponentRow } from './component-rows.ts';

/** Which claim the numbers are of, and where they come from. */
export type ComponentPlace = Pick<ComponentRow, 'claim' | 'scale' | 'source'>;

/** What tells the metrics of a hypothesis from those of another: that of the control too, where it is its own. */
export function nameMetric({ metric, controlMetric }: Pick<Hypothesis, 'metric' | 'controlMetric'>): string {
  const own = describeMetric(metric);
  return controlMetric === undefined ? own : `${own} − ${describeMetric(controlMetric)}`;
}

function measureHypothesis(input: ComparisonInput, hypothesis: Hypothesis): Partial<ComponentRow> | null {
  const terms = listTerms(hypothesis);
  const found = measureTerms(input, collectFinalCounts(input).finals, terms);
  if ('reason' in found || found.bases.length < 2) return null;
  const differences = weighScores(
    found.scores,
    terms.map(({ weight }) => weight),
  );
  const problems = differences[0]!.length;
  // A number per run is a layout of one column; the same column twice has neither problems' nor residual variance.
  const layout = problems > 1 ? differences : differences.map(([value]) => [value!, value!]);
  const { bases, seeds, problems: ofProblems, residual } = varianceComponents(layout, found.bases);
  return {
    ...{ bases, seeds, problems: ofProblems, residual },
    measuredBases: new Set(found.bases).size,
    measuredRuns: found.bases.length,
    measuredProblems: problems,
  };
}

/** Of every hypothesis that two completed pairs of runs say something of. */
export function measureComponents(comparison: ComparisonInput, place: ComponentPlace): ComponentRow[] {
  const input = sortComparison(comparison);
  return input.experiment.hypotheses.flatMap((hypothesis) => {
    const found = measureHypothesis(input, hypothesis);
    if (found === null) return [];
    const named = { comparison: describeComparison(hypothesis), metric: nameMetric(hypothesis) };
    return [{ ...place, ...named, ...found } as ComponentRow];
  });
}

/** Of every row of a committed verdicts.csv, made by the rule that counted the residual twice, whose runs are not at hand. */
export function recoverComponents(verdicts: string, place: ComponentPlace): ComponentRow[] {
  return parseCsv(verdicts).flatMap((row) => {
    const [bases, pairs, problems] = ['bases', 'seeds', 'problems'].map((name) => Number(row[name]));
    const units = bases! > 1 ? bases! : pairs!;
    const shares = recoverShares({
      half: (Number(row['high']) - Number(row['low'])) / 2,
      detectable: Number(row['detectable']),
      bounds: row['alternative'] === 'equivalent' ? 2 : 1,
      ...{ units, problems: problems! },
    });
    if (shares === null) return [];
    const { metric, control_metric: other } = row;
    const ofUnits = shares.runs * units;
    return [
      {
        ...place,
        comparison: `${row['treatment']} − ${row['control']}`,
        metric: other === metric ? metric! : `${metric} − ${other}`,
        bases: bases! > 1 ? ofUnits : 0,
        seeds: bases! > 1 ? 0 : ofUnits,
        problems: problems! > 1 ? shares.problems * problems! : 0,
        residual: problems! > 1 ? null : 0,
        measuredBases: bases!,
        measuredRuns: pairs!,
        measuredProblems: problems!,
      },
    ];
  });
}
