import type { ComparisonInput, EvaluationCount, RunRecord } from '../comparison/comparison-input.ts';
import { sampleColumns } from './raw-tables.ts';
import type { Table } from './table.ts';

/** What the runs recorded of their making, every name of any run. */
export function provenanceNames({ runs }: Pick<ComparisonInput, 'runs'>): string[] {
  return [...new Set(runs.flatMap(({ provenance }) => Object.keys(provenance)))].sort();
}

/** The file; the page shortens hashes and has the whole ones on hover, which a column of text cannot. */
export function runTable(input: ComparisonInput): Table<RunRecord> {
  const conditions = new Map(input.conditions.map((condition) => [condition.name, condition]));
  const conditionOf = (run: RunRecord) => conditions.get(run.condition)!;
  return {
    file: 'runs.csv',
    columns: [
      { name: 'run', cell: (run) => run.id },
      { name: 'condition', cell: (run) => run.condition },
      { name: 'scheme', cell: (run) => conditionOf(run).schemeName },
      { name: 'base_seed', cell: (run) => run.baseSeed },
      { name: 'seed', cell: (run) => run.seed },
      { name: 'status', cell: (run) => run.status },
      { name: 'steps_done', cell: (run) => run.stepsDone },
      { name: 'condition_fingerprint', cell: (run) => conditionOf(run).fingerprint },
      { name: 'base_model', cell: (run) => conditionOf(run).baseModelId },
      { name: 'checkpoint_sha256', cell: (run) => run.checkpointSha256 },
      { name: 'sources_sha256', cell: (run) => run.sources },
      { name: 'failure', cell: (run) => run.failure },
      ...provenanceNames(input).map((name) => ({
        name,
        cell: (run: RunRecord) => run.provenance[name] ?? null,
      })),
    ],
  };
}

/** Correct samples of each problem, the rows that every other table is made of. */
export function evaluationTable(input: ComparisonInput): Table<EvaluationCount> {
  const runs = new Map(input.runs.map((run) => [run.id, run]));
  const runOf = ({ runId }: EvaluationCount) => runs.get(runId)!;
  return {
    file: 'evaluations.csv',
    columns: [
      { name: 'run', cell: (row) => row.runId },
      { name: 'condition', cell: (row) => runOf(row).condition },
      { name: 'base_seed', cell: (row) => runOf(row).baseSeed },
      { name: 'seed', cell: (row) => runOf(row).seed },
      { name: 'split', cell: (row) => row.split },
      { name: 'step', cell: (row) => row.step },
      { name: 'problem', cell: (row) => row.problemId },
      { name: 'n', cell: (row) => row.n },
      { name: 'c', cell: (row) => row.c },
      { name: 'tokens', cell: (row) => row.tokens },
      ...sampleColumns(input.evaluations),
    ],
  };
}
