import { existsSync } from 'node:fs';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { Hypothesis } from '../../config/hypothesis.ts';
import { listConditions, listExperiments, type ExperimentRow } from '../../db/queries/experiments.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import {
  argumentOf,
  findClaim,
  listClaims,
  resolveClaim,
  type DeclaredClaim,
} from '../../experiments/load-claims.ts';
import { planRuns } from '../../experiments/plan-runs.ts';
import type { ScaleName } from '../../experiments/scales.ts';
import { readHome } from '../home-option.ts';

/** A claim at a scale: declared in a file, or run in this home and known by its rows. */
export interface KnownClaim {
  readonly name: string;
  readonly fingerprint: string;
  readonly question: string;
  readonly source: string | null;
  readonly hypotheses: readonly Hypothesis[];
  readonly conditions: number;
  readonly runs: number;
  /** The command that runs it, without `--home`. */
  readonly command: string;
}

function toDeclared(claim: DeclaredClaim, scale: ScaleName): KnownClaim {
  const experiment = resolveClaim(claim, scale);
  const { id, question, source, hypotheses, conditions } = experiment;
  return {
    ...{ name: claim.name, fingerprint: id, question, source, hypotheses },
    conditions: conditions.length,
    runs: planRuns(experiment).length,
    command: `assay claims run ${argumentOf(claim)} --scale ${scale}`,
  };
}

/** A claim's experiment is called after it and its scale. */
function toStored(db: Database, row: ExperimentRow, scale: ScaleName): KnownClaim {
  const { id, name, question, source, hypotheses } = row;
  return {
    ...{ name: name.slice(0, -`-${scale}`.length), fingerprint: id, question, source },
    hypotheses: JSON.parse(hypotheses) as Hypothesis[],
    conditions: listConditions(db, id).length,
    runs: listRuns(db, id).length,
    command: `assay resume ${name}`,
  };
}

/** Claims that were run in this home from files that are not at hand, the newest of each name. */
function listStored(db: Database | null, scale: ScaleName, declared: readonly KnownClaim[]): KnownClaim[] {
  if (db === null) return [];
  const ids = new Set(declared.map(({ fingerprint }) => fingerprint));
  const names = new Set(declared.map(({ name }) => `${name}-${scale}`));
  return listExperiments(db).flatMap((row) => {
    const isClaim = row.source !== null && row.hypotheses !== '[]' && row.name.endsWith(`-${scale}`);
    // Of a declaration that has changed since, the present one counts.
    if (!isClaim || ids.has(row.id) || names.has(row.name)) return [];
    names.add(row.name);
    return [toStored(db, row, scale)];
  });
}

/** The database of a home; null: nothing was run there. */
export function openHome(options: { readonly home: string }): Database | null {
  const { database } = readHome(options);
  return existsSync(database) ? openReadonlyDatabase(database) : null;
}

/** Every claim that can be run or read here. */
export async function listKnownClaims(db: Database | null, scale: ScaleName): Promise<KnownClaim[]> {
  const declared = (await listClaims()).map((claim) => toDeclared(claim, scale));
  return [...declared, ...listStored(db, scale, declared)];
}

/**
 * The claims that the command line names, by name or file.
 *
 * @param names none: every claim
 * @throws {InvalidSpecError} with the nearest name
 */
export async function chooseKnownClaims(
  db: Database | null,
  names: readonly string[],
  scale: ScaleName,
): Promise<KnownClaim[]> {
  if (names.length === 0) return listKnownClaims(db, scale);
  const stored = listStored(db, scale, []);
  return Promise.all(
    names.map(async (name) => {
      try {
        return toDeclared(await findClaim(name), scale);
      } catch (error) {
        const found = stored.find((claim) => claim.name === name);
        if (found === undefined || !(error instanceof InvalidSpecError)) throw error;
        return found;
      }
    }),
  );
}
