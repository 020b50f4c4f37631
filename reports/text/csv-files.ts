import type { Analysis } from '../comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { boundaryTable } from '../tables/boundary-table.ts';
import { calibrationTable, reliabilityTable } from '../tables/calibration-table.ts';
import { computeTable } from '../tables/compute-table.ts';
import { consistencyTable } from '../tables/consistency-table.ts';
import { differenceTable } from '../tables/difference-table.ts';
import { equalBudgetTable } from '../tables/equal-token-table.ts';
import { formatTable } from '../tables/format-table.ts';
import { gainPartTable } from '../tables/gain-part-table.ts';
import { gapTable } from '../tables/gap-table.ts';
import { hypothesisTable, tabulateTerms, termTable } from '../tables/hypothesis-table.ts';
import { curveTable } from '../tables/learning-curves.ts';
import { passAtKTable } from '../tables/pass-at-k-table.ts';
import {
  confidenceTable,
  probeTable,
  stepTable,
  tabulateConfidences,
  tabulateSteps,
} from '../tables/raw-tables.ts';
import { rankingTable } from '../tables/ranking-table.ts';
import { rewardTruthTable } from '../tables/reward-truth-table.ts';
import { evaluationTable, runTable } from '../tables/run-tables.ts';
import { solvedSetTable } from '../tables/solved-set-table.ts';
import { strategyTable } from '../tables/strategy-table.ts';
import { toCsv, type Table } from '../tables/table.ts';
import { checkTable } from '../verdicts/check-table.ts';
import { verdictTable } from '../verdicts/verdict-columns.ts';

function toFile<Row>(table: Table<Row>, rows: readonly Row[]): readonly [name: string, text: string] {
  return [table.file, toCsv(table, rows)];
}

/** Every table of the report, as file name → text; `input` is sorted. */
export function toCsvFiles(input: ComparisonInput, analysis: Analysis): Map<string, string> {
  const steps = tabulateSteps(input);
  return new Map([
    toFile(rankingTable, analysis.ranking),
    toFile(verdictTable, analysis.verdicts),
    toFile(checkTable, analysis.checks),
    toFile(hypothesisTable, analysis.verdicts),
    toFile(termTable, tabulateTerms(analysis.verdicts)),
    toFile(runTable(input), input.runs),
    toFile(equalBudgetTable, analysis.equalBudgets),
    toFile(computeTable(analysis.compute), analysis.compute),
    toFile(passAtKTable, analysis.passAtK),
    toFile(gainPartTable, analysis.gainParts),
    toFile(consistencyTable, analysis.consistency),
    toFile(differenceTable, analysis.differences),
    toFile(gapTable(analysis.gaps), analysis.gaps),
    toFile(boundaryTable, analysis.boundaries),
    toFile(solvedSetTable, analysis.solvedSets),
    toFile(strategyTable, analysis.strategies),
    ...analysis.plain.map((table) => [table.file, table.toCsv()] as const),
    toFile(curveTable, analysis.curves),
    toFile(rewardTruthTable, analysis.rewardTruth),
    toFile(formatTable, analysis.formats),
    toFile(calibrationTable, analysis.calibration),
    toFile(reliabilityTable, analysis.reliability),
    toFile(evaluationTable(input), input.evaluations),
    toFile(probeTable(input), input.probeScores),
    toFile(stepTable(input, steps), steps),
    toFile(confidenceTable(input), tabulateConfidences(input)),
  ]);
}
