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
 * The newest record of a recipe with these gates; of recipes and gates that were otherwise there is none.
 *
 * @param directories where records are looked for
 * @throws CardFileError
 */
export function findGateRecord(directories: readonly string[], of: Measured): GateRecord | null {
  const found = directories
    .flatMap((directory) => readRecords(directory, of.recipe))
    .filter((record) => isOf(record, of))
    .sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1));
  return found[0] ?? null;
}

/**
 * Keeps a record in a directory: in the place of one of the same recipe, gates and kinds of machine.
 *
 * @returns the file
 * @throws CardFileError
 */
export function keepGateRecord(directory: string, record: GateRecord): string {
  const isSame = (other: GateRecord): boolean =>
    isOf(other, record) && other.machines.join() === record.machines.join();
  const others = readRecords(directory, record.recipe).filter((other) => !isSame(other));
  const file = fileOf(directory, record.recipe);
  mkdirSync(directory, { recursive: true });
  // A reader sees the old file or the new one.
  writeFileSync(`${file}.new`, `${JSON.stringify([...others, record], null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return file;
}
