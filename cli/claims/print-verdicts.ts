import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { ExperimentVerdictEntry, HypothesisVerdictEntry } from '../../config/verdict-document.ts';
import { chooseExperiment, listExperiments } from '../../db/queries/experiments.ts';
import { openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { answerComparison, type Analysis } from '../../reports/comparison/analyze-comparison.ts';
import type { ComparisonInput } from '../../reports/comparison/comparison-input.ts';
import { collectFinalCounts } from '../../reports/comparison/final-counts.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import { sortComparison } from '../../reports/comparison/sort-comparison.ts';
import { listLockDeviations } from '../../reports/text/lock-text.ts';
import {
  DECISION_RULE,
  describeEffect,
  describeLook,
  describeNeed,
  describeOverall,
  describeP,
  LOOK_RULE,
} from '../../reports/text/verdict-text.ts';
import {
  toPendingEntries,
  toVerdictDocument,
  toVerdictEntries,
} from '../../reports/verdicts/to-verdict-document.ts';
import { tabulateVerdicts } from '../../reports/verdicts/tabulate-verdicts.ts';
import { isDecided, type VerdictRow } from '../../reports/verdicts/verdict-table.ts';
import { weighChecks } from '../../reports/verdicts/weigh-checks.ts';
import { readHome } from '../home-option.ts';
import { findReportPage } from '../report-place.ts';
import type { ScaleOption } from './choose-claims.ts';
import { chooseKnownClaims } from './known-claims.ts';

export interface VerdictOptions {
  readonly home: string;
  readonly json?: boolean;
}

/** An experiment in the document, and the rows that say the same to a reader; null: it was not run here. */
export interface Decided {
  readonly entry: ExperimentVerdictEntry;
  readonly rows: readonly VerdictRow[] | null;
}

function describeVerdict(row: VerdictRow, entry: HypothesisVerdictEntry): string {
  const { claim } = row.hypothesis;
  if (!isDecided(row)) return `${row.verdict.padEnd(13)} ${claim} ${row.reason}`;
  const need = describeNeed(row);
  return `${row.verdict.padEnd(13)} ${claim} ${describeEffect(row)}, Holm p ${describeP(row)}${describeLook(row)}${describeOverall(entry)}${need === '' ? '' : `; ${need}`}`;
}

function decide(db: Database, experimentId: string): Decided {
  return decideComparison(loadComparison(db, experimentId));
}

function decideComparison(comparison: ComparisonInput): Decided {
  const input = sortComparison(comparison);
  const { finals } = collectFinalCounts(input);
  const checks = weighChecks(input, finals);
  return toDecided(input, { verdicts: tabulateVerdicts(input, finals, checks), checks });
}

/** What a comparison's hypotheses came to. */
export function toDecided(
  input: ComparisonInput,
  { verdicts: rows, checks }: Pick<Analysis, 'verdicts' | 'checks'>,
): Decided {
  const { name, fingerprint, question, source } = input.experiment;
  const { lock: held } = input;
  const lock = held === null ? null : { sha256: held.lock.sha256, deviations: listLockDeviations(held) };
  return {
    entry: { name, fingerprint, question, source, lock, hypotheses: toVerdictEntries(rows, checks) },
    rows,
  };
}

function describeExperiment({ name, hypotheses }: ExperimentVerdictEntry, rows: Decided['rows']): string[] {
  if (rows === null) return [`${name}: not run here`];
  return [name, ...rows.map((row, i) => `  ${describeVerdict(row, hypotheses[i]!)}`)];
}

/** Prints the document, or its lines; returns the exit code. */
export function printDecided(decided: readonly Decided[], { json = false }: VerdictOptions): number {
  const document = toVerdictDocument(decided.map(({ entry }) => entry));
  if (json) console.log(JSON.stringify(document, null, 2));
  else {
    const lines = document.experiments.flatMap((entry, i) => describeExperiment(entry, decided[i]!.rows));
    const hasLooks = document.experiments.some(({ hypotheses }) =>
      hypotheses.some(({ look }) => look !== null),
    );
    const rules = [`decision rule: ${DECISION_RULE}`, ...(hasLooks ? [`looks: ${LOOK_RULE}`] : [])];
    console.log([...lines, ...rules].join('\n'));
  }
  return document.exitCode;
}

export async function printVerdicts(
  names: readonly string[],
  options: VerdictOptions & ScaleOption,
): Promise<number> {
  const db = openReadonlyDatabase(readHome(options).database);
  const claims = await chooseKnownClaims(db, names, options.scale);
  const known = new Set(listExperiments(db).map(({ id }) => id));
  const decided = claims.map((claim): Decided => {
    const { fingerprint, question, source, hypotheses } = claim;
    if (known.has(fingerprint)) return decide(db, fingerprint);
    const name = `${claim.name}-${options.scale}`;
    const entries = toPendingEntries(hypotheses, 'not run here');
    return {
      entry: { name, fingerprint, question, source, lock: null, hypotheses: entries },
      rows: null,
    };
  });
  return printDecided(decided, options);
}

/** @throws {InvalidSpecError} when the experiment declares no hypothesis */
export function compareExperiment(name: string | undefined, options: VerdictOptions): number {
  const db = openReadonlyDatabase(readHome(options).database);
  const experiment = chooseExperiment(db, name);
  const { id } = experiment;
  const decided = decide(db, id);
  if (decided.entry.hypotheses.length === 0)
    throw new InvalidSpecError(
      `${decided.entry.name} declares no hypotheses, so that nothing is decided; declare some (docs/claims.md), or read its arms with assay report`,
    );
  const code = printDecided([decided], options);
  if (options.json !== true) {
    for (const line of answerComparison(loadComparison(db, id))) console.log(line);
    const page = findReportPage(readHome(options), experiment);
    console.log(page === null ? `\`assay report ${experiment.name}\` writes the report` : `Report: ${page}`);
  }
  return code;
}
