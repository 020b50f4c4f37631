import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { isSettings, type Settings } from '../../config/merge.ts';
import { findRowFault, type JsonlOptions, type RowFault } from '../../tasks/jsonl.ts';
import { taskOptionsSchema } from '../../tasks/index.ts';
import { placeOfRow } from './problem-file.ts';

/** Faults that a message lists; more would hide what they have in common. */
const LISTED = 10;
const SHOWN_CHARACTERS = 60;

/** What data sets write before their final answers. */
const MARKERS = ['####', '###', 'Answer:', 'answer:', 'answer is', '=>', '='];

/** The end of a text, where its answer stands. */
function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= SHOWN_CHARACTERS ? line : `…${line.slice(-SHOWN_CHARACTERS)}`;
}

const countReadable = (options: JsonlOptions): number =>
  options.rows.filter((row) => row.answer !== null && findRowFault(options, row) === null).length;

/** The marker that would let most references be read, where it is more than can be read without. */
function suggestMarker(options: JsonlOptions): string | null {
  if (options.answerMarker !== null) return null;
  const counts = MARKERS.map((answerMarker) => ({
    answerMarker,
    readable: countReadable({ ...options, answerMarker }),
  }));
  const [best] = counts.sort((a, b) => b.readable - a.readable);
  return best!.readable > countReadable(options)
    ? `answerMarker: '${best!.answerMarker}' would read ${best!.readable} of the ${options.rows.length}`
    : null;
}

interface FaultyRow extends RowFault {
  readonly index: number;
}

function describeFaults(
  faults: readonly FaultyRow[],
  options: JsonlOptions,
  declaredRows: unknown,
): string[] {
  const listed = faults
    .slice(0, LISTED)
    .map(
      ({ index, found, expected }) =>
        `  ${placeOfRow(declaredRows, index)}: found "${excerpt(found)}", expected ${expected}`,
    );
  const rest = faults.length - listed.length;
  const marker = suggestMarker(options);
  return [
    ...listed,
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    ...(marker === null ? [] : [`  ${marker}`]),
  ];
}

/**
 * Every reference is one that its own verifier takes as right: one that it cannot read would never be matched, and nobody would be told.
 *
 * @param declared options before they were parsed, whose rows know their file
 * @throws {InvalidSpecError} naming the first rows at fault, and how many there are
 */
export function refuseFaultyRows(options: JsonlOptions, declared: Settings, place: string): void {
  const faults = options.rows.flatMap((row, index): FaultyRow[] => {
    const fault = findRowFault(options, row);
    return fault === null ? [] : [{ ...fault, index }];
  });
  if (faults.length === 0) return;
  const head = `${place}: ${faults.length} of ${options.rows.length} rows cannot be used with verification '${options.verification}'`;
  throw new InvalidSpecError([head, ...describeFaults(faults, options, declared['rows'])].join('\n'));
}

const FILE_KEYS = ['file', 'fields'];

/** A key that names a file, under another name than `file`. */
function findMisnamedFile(options: Settings): string | undefined {
  const { shape } = taskOptionsSchema('jsonl') as { shape?: object };
  return Object.keys(options).find(
    (key) => !Object.hasOwn(shape ?? {}, key) && !FILE_KEYS.includes(key) && typeof options[key] === 'string',
  );
}

/**
 * A task of rows has them: the file that holds them was read where the declaration stands.
 *
 * @throws {InvalidSpecError} saying which key names a file
 */
export function refuseLackingRows(options: Settings, place: string): void {
  const { rows } = options;
  if (typeof rows === 'string')
    throw new InvalidSpecError(
      `${place}.rows: found "${rows}", expected a list of rows; name a file with \`file: ${rows}\``,
    );
  const late = FILE_KEYS.find((key) => options[key] !== undefined);
  if (late !== undefined) {
    const reason =
      typeof options['file'] === 'string' || late === 'fields'
        ? 'it is read with the declaration, so it belongs into the file, `fields` beside `file`, and not into --set'
        : `found ${JSON.stringify(options[late])}, expected the name of a file`;
    throw new InvalidSpecError(`${place}.${late}: ${reason}`);
  }
  if (Array.isArray(rows) || isSettings(rows)) return;
  const misnamed = findMisnamedFile(options);
  throw new InvalidSpecError(
    misnamed === undefined
      ? `${place}.file: found none; name the file of the problems (.csv, .tsv or .jsonl), or list them as \`rows\``
      : `${place}.${misnamed}: unknown key "${misnamed}"; the nearest valid key is "file"`,
  );
}
