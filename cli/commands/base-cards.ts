import { existsSync } from 'node:fs';
import { openDatabase, openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { declareBaseExperiment, listDeclaredBases } from '../../experiments/base-experiment.ts';
import type { BaseCard } from '../../reports/base-card/base-card.ts';
import { toCardText } from '../../reports/base-card/base-card-text.ts';
import { loadBaseCard } from '../../reports/base-card/load-base-card.ts';
import { readHome } from '../home-option.ts';
import type { WorkerOptions } from '../matrix/run-options.ts';
import { showMatrices } from '../matrix/run-matrices.ts';

/** A named base model is not made, or not with that seed: build it. */
export class BaseNotBuiltError extends Error {
  override readonly name = 'BaseNotBuiltError';
}

function readCard(db: Database, name: string, seed: number): BaseCard | null {
  const { declared, experiment, run } = declareBaseExperiment(name, seed);
  const { baseModelId, id: runId } = run;
  return loadBaseCard(db, {
    name,
    purpose: declared.purpose,
    seed,
    baseModelId,
    experimentId: experiment.id,
    runId,
  });
}

/** The seeds of which a recipe's cards are whole, ascending. */
function listBuiltSeeds(db: Database, name: string): number[] {
  const { experiment } = declareBaseExperiment(name, 0);
  return listRuns(db, experiment.id)
    .filter(({ status }) => status === 'completed')
    .map(({ baseSeed }) => baseSeed);
}

/** Cards of all built seeds, or of `seed` if it is one of them. */
function readCards(db: Database, name: string, seed: number | undefined): BaseCard[] {
  const seeds = seed === undefined ? listBuiltSeeds(db, name) : [seed];
  return seeds.map((each) => readCard(db, name, each)).filter((card) => card !== null);
}

function printCards(cards: readonly BaseCard[], asJson: boolean): void {
  if (asJson) console.log(JSON.stringify(cards, null, 2));
  else console.log(cards.map(toCardText).join('\n\n'));
}

export async function buildBase(
  name: string,
  options: WorkerOptions & { readonly seed: number; readonly json?: boolean },
): Promise<number> {
  const db = openDatabase(readHome(options).database);
  const { experiment } = declareBaseExperiment(name, options.seed);
  await showMatrices(db, { experiments: [experiment] }, options);
  const card = readCard(db, name, options.seed);
  if (card !== null) {
    printCards([card], options.json ?? false);
    return 0;
  }
  throw new BaseNotBuiltError(
    `${name}, seed ${options.seed}: the evaluation did not complete; ` +
      '`assay ls` says why, and the same command resumes it',
  );
}

export function showBase(
  name: string,
  options: { readonly home: string; readonly seed?: number; readonly json?: boolean },
): void {
  // First, so that a misspelt name is not called unbuilt.
  declareBaseExperiment(name, 0);
  const { database } = readHome(options);
  const cards = existsSync(database) ? readCards(openReadonlyDatabase(database), name, options.seed) : [];
  if (cards.length === 0) {
    const which = options.seed === undefined ? name : `${name}, seed ${options.seed},`;
    throw new BaseNotBuiltError(
      `${which} is not built in ${options.home}; \`assay bases build ${name} --seed ${options.seed ?? 0}\` makes it and writes its card`,
    );
  }
  printCards(cards, options.json ?? false);
}

export function listBases(options: { readonly home: string; readonly json?: boolean }): void {
  const { database } = readHome(options);
  const db = existsSync(database) ? openReadonlyDatabase(database) : null;
  const listed = listDeclaredBases().map((base) => ({
    ...base,
    builtSeeds: db === null ? [] : listBuiltSeeds(db, base.name),
  }));
  if (options.json) {
    console.log(JSON.stringify(listed, null, 2));
    return;
  }
  const width = Math.max(...listed.map(({ name }) => name.length));
  for (const { name, purpose, recipeId, builtSeeds } of listed) {
    const built = builtSeeds.length === 0 ? 'not built' : `built: seed ${builtSeeds.join(', ')}`;
    console.log(`${name.padEnd(width)}  ${recipeId.slice(0, 12)}  ${built}`);
    console.log(`${' '.repeat(width)}  ${purpose}`);
  }
}
