import { existsSync } from 'node:fs';
import { openHome } from '../../artifacts/open-home.ts';
import { openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { CARD_SEEDS, type GateRecord } from '../../config/card-gate.ts';
import {
  cooledArms,
  declareBaseExperiment,
  declareCheckExperiment,
  listDeclaredBases,
  type CheckExperiment,
} from '../../experiments/base-experiment.ts';
import { COMMITTED_CARDS, findGateRecord, keepGateRecord } from '../../experiments/bases/gate-records.ts';
import type { BaseCard } from '../../reports/base-card/base-card.ts';
import { toCardText } from '../../reports/base-card/base-card-text.ts';
import { toGateText } from '../../reports/base-card/gate-text.ts';
import { loadBaseCard } from '../../reports/base-card/load-base-card.ts';
import { loadGateArms } from '../../reports/base-card/load-gate-arms.ts';
import { measureGates } from '../../reports/base-card/measure-gates.ts';
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

/** What the home or the program's files hold of a recipe's gates. */
function findRecord(home: string, { declared, recipeId, gatesId }: CheckExperiment): GateRecord | null {
  const { cards } = readHome({ home });
  return findGateRecord([cards, COMMITTED_CARDS], { recipe: declared.name, recipeId, gatesId });
}

function recordGates(db: Database, check: CheckExperiment, seeds: readonly number[]): GateRecord {
  const { declared, gates, experiment, recipeId, gatesId } = check;
  const { bySeed, weights, machines } = loadGateArms(db, experiment.id, seeds);
  return {
    ...{ recipe: declared.name, recipeId, gatesId, weights, seeds: [...seeds] },
    machines: [...machines],
    recordedAt: new Date().toISOString(),
    gates: measureGates(gates, bySeed, Object.keys(cooledArms)),
  };
}

/**
 * Builds a recipe's models on the base seeds of cards, runs the trials that its gates ask for, and keeps what they came to.
 *
 * @returns the exit code: 1 where a gate did not pass
 */
export async function checkBase(
  name: string,
  options: WorkerOptions & {
    readonly seeds?: readonly number[];
    readonly output?: string;
    readonly json?: boolean;
  },
): Promise<number> {
  const home = readHome(options);
  const { seeds = CARD_SEEDS } = options;
  const check = declareCheckExperiment(name, seeds);
  const db = openHome(home);
  await showMatrices(db, { experiments: [check.experiment] }, options);
  const record = recordGates(db, check, seeds);
  for (const directory of [home.cards, ...(options.output === undefined ? [] : [options.output])])
    console.error(`card: ${keepGateRecord(directory, record)}`);
  if (options.json ?? false) console.log(JSON.stringify(record, null, 2));
  else console.log(toGateText(check.gates, record));
  return record.gates.every(({ state }) => state === 'passed') ? 0 : 1;
}

export async function buildBase(
  name: string,
  options: WorkerOptions & { readonly seed: number; readonly json?: boolean },
): Promise<number> {
  const db = openHome(readHome(options));
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
  const check = declareCheckExperiment(name, CARD_SEEDS);
  const record = findRecord(options.home, check);
  const { database } = readHome(options);
  const cards = existsSync(database) ? readCards(openReadonlyDatabase(database), name, options.seed) : [];
  if (cards.length === 0 && (record === null || options.seed !== undefined)) {
    const which = options.seed === undefined ? name : `${name}, seed ${options.seed},`;
    throw new BaseNotBuiltError(
      `${which} is not built in ${options.home}; \`assay bases build ${name} --seed ${options.seed ?? 0}\` makes it and writes its card`,
    );
  }
  if (options.json ?? false) {
    console.log(JSON.stringify({ gates: check.gates, record, cards }, null, 2));
    return;
  }
  console.log([toGateText(check.gates, record), ...cards.map(toCardText)].join('\n\n'));
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
