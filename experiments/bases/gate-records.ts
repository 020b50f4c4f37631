import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { gateRecordSchema, type GateRecord } from '../../config/card-gate.ts';

/** What was measured once for everybody. */
export const COMMITTED_CARDS = fileURLToPath(new URL('./cards', import.meta.url));

const fileOf = (directory: string, recipe: string): string => join(directory, `${recipe}.json`);

/** A card's file does not say what a card says: restore it, or measure again. */
export class CardFileError extends Error {
  override readonly name = 'CardFileError';
}

/** @throws CardFileError */
function readRecords(directory: string, recipe: string): GateRecord[] {
  const file = fileOf(directory, recipe);
  if (!existsSync(file)) return [];
  try {
    return z.array(gateRecordSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new CardFileError(
      `${file}: expected a list of cards (${(error as Error).message}); restore the file, or delete it and run ` +
        `\`assay bases check ${recipe}\``,
    );
  }
}

/** What a record is a measurement of. */
type Measured = Pick<GateRecord, 'recipe' | 'recipeId' | 'gatesId'>;

const isOf = (record: GateRecord, { recipeId, gatesId }: Measured): boolean =>
  record.recipeId === recipeId && record.gatesId === gatesId;

/**
 * The record of a recipe with these gates on the most base seeds, of several the newest; of recipes and gates that were otherwise there
 * is none.
 *
 * @param directories where records are looked for
 * @throws CardFileError
 */
export function findGateRecord(directories: readonly string[], of: Measured): GateRecord | null {
  const found = directories
    .flatMap((directory) => readRecords(directory, of.recipe))
    .filter((record) => isOf(record, of))
    .sort((a, b) => b.seeds.length - a.seeds.length || (a.recordedAt < b.recordedAt ? 1 : -1));
  return found[0] ?? null;
}

/**
 * Keeps a record in a directory: in the place of one of the same recipe, gates, base seeds and kinds of machine. What was measured of a
 * recipe or of gates that were otherwise goes.
 *
 * @returns the file
 * @throws CardFileError
 */
export function keepGateRecord(directory: string, record: GateRecord): string {
  const pointOf = ({ seeds, machines }: GateRecord): string => JSON.stringify([seeds, machines]);
  const others = readRecords(directory, record.recipe).filter(
    (other) => isOf(other, record) && pointOf(other) !== pointOf(record),
  );
  const file = fileOf(directory, record.recipe);
  mkdirSync(directory, { recursive: true });
  // A reader sees the old file or the new one.
  writeFileSync(`${file}.new`, `${JSON.stringify([...others, record], null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return file;
}
