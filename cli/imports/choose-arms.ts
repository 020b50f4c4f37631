import { existsSync } from 'node:fs';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { findImport, listImportRuns, listImports, type ImportRecord } from '../../db/queries/imports.ts';
import type { Database } from '../../db/store/connection.ts';
import { groupRows } from '../../reports/comparison/group-rows.ts';
import { readHeader, type ChosenArm } from '../../reports/imports/load-arms.ts';
import { toOneLine } from '../../reports/imports/to-one-line.ts';
import { nameAfter } from './import-source.ts';

/** An argument of a comparison: a file, a folder or the name of an import, and what its arm is to be called. */
interface Named {
  readonly label: string | null;
  readonly what: string;
}

/** Reads a file or folder into the store, unless it is there already. */
export type ReadSource = (source: string) => Promise<ImportRecord>;

/** `grpo=logs/a.eval` names the arm; a file whose own name has a `=` is found all the same. */
function readArgument(text: string): Named {
  const at = text.indexOf('=');
  return at < 1 || existsSync(text)
    ? { label: null, what: text }
    : { label: text.slice(0, at), what: text.slice(at + 1) };
}

/** Whether an argument is something that was, or can be, imported. */
export function isImportable(db: Database | null, text: string): boolean {
  const { what } = readArgument(text);
  return existsSync(what) || (db !== null && findImport(db, what) !== null);
}

async function openArgument(db: Database, { what }: Named, read: ReadSource): Promise<ImportRecord> {
  if (existsSync(what)) return read(what);
  const found = findImport(db, what);
  if (found !== null) return found;
  const names = listImports(db).map(({ name }) => name);
  throw new InvalidSpecError(
    `${what} is neither a file nor an import; ` +
      (names.length === 0 ? 'nothing was imported yet' : `imported are ${names.join(', ')}`),
  );
}

/** A longer one is no name, and would not do as a part of a path. */
const MOST_OF_NAME = 100;

/** A slash would make it a cell of a crossed matrix. */
function toArmName(text: string): string {
  const name = toOneLine(text).replaceAll('/', ':');
  if (name === '') return 'unnamed';
  return name.length <= MOST_OF_NAME ? name : `${name.slice(0, MOST_OF_NAME)}…`;
}

const lastPart = (model: string): string => model.slice(model.lastIndexOf('/') + 1);

/** Where every import tells of another model, that names the arms; else their files do, or the imports’ own names where files are alike. */
function nameImports(records: readonly ImportRecord[]): ReadonlyMap<ImportRecord, string> {
  const areDistinct = (names: readonly (string | null)[]): names is string[] =>
    !names.includes(null) && new Set(names).size === names.length;
  const models = records.map((record) => {
    const { model } = readHeader(record);
    return model === null ? null : lastPart(model);
  });
  const files = records.map(({ source }) => nameAfter(source));
  const names = [models, files].find(areDistinct) ?? records.map(({ name }) => name);
  return new Map(records.map((record, i) => [record, names[i]!]));
}

/**
 * The arms that the arguments name, in their order. Several arguments with one name are runs of one arm.
 *
 * @throws InvalidSpecError when an argument is neither a file nor an import, or two arms have one name
 */
export async function chooseArms(
  db: Database,
  texts: readonly string[],
  read: ReadSource,
): Promise<ChosenArm[]> {
  const opened: { label: string | null; record: ImportRecord }[] = [];
  for (const argument of texts.map(readArgument))
    opened.push({ label: argument.label, record: await openArgument(db, argument, read) });
  const names = nameImports([...new Set(opened.map(({ record }) => record))]);
  const chosen = opened.flatMap(({ label, record }) => {
    const arms = [...new Set(listImportRuns(db, record.id).map(({ arm }) => arm))];
    return arms.map((arm): ChosenArm & { isLabelled: boolean } => ({
      name: toArmName(nameArm({ label, arm, own: names.get(record)!, isAlone: arms.length === 1 })),
      ...{ record, arm, isLabelled: label !== null },
    }));
  });
  assertApart(chosen);
  return chosen;
}

function nameArm(of: {
  readonly label: string | null;
  readonly arm: string | null;
  readonly own: string;
  readonly isAlone: boolean;
}): string {
  const { label, arm, own, isAlone } = of;
  if (label !== null) return isAlone ? label : `${label}:${arm ?? 'other'}`;
  return arm ?? own;
}

/** The same name twice is meant where it was given, and an accident where it was found in the files. */
function assertApart(chosen: readonly (ChosenArm & { readonly isLabelled: boolean })[]): void {
  for (const [name, arms] of groupRows(chosen, (one) => one.name)) {
    if (arms.length > 1 && !arms.every(({ isLabelled }) => isLabelled))
      throw new InvalidSpecError(
        `two arms are called ${name}: ${arms.map(({ record }) => record.source).join(' and ')}; name them apart, ` +
          `such as before=${arms[0]!.record.source}, or alike, where they are runs of one arm`,
      );
  }
}
