import { CommanderError } from 'commander';

/** Exit codes: 0 done, 1 a run failed or a fault of ours, 2 the command or declaration is wrong, 130 interrupted; outcomes: config/outcome.ts. */
const USAGE_ERRORS = new Set([
  'BackupExistsError',
  'BaseNotBuiltError',
  'BrokenLockError',
  'DatabaseMissingError',
  'DirectoryUnusableError',
  'ImportExistsError',
  'ImportNameTakenError',
  'IncomparableError',
  'InvalidSpecError',
  'JsonLinesError',
  'LockDeviationError',
  'LockInUseError',
  'MatrixElsewhereError',
  'MixedSourcesError',
  'ScoreShapeError',
  'TrackerMissingError',
  'UnderpoweredClaimError',
  'UnlockedClaimError',
  'UnknownImportError',
  'UnreadableFileError',
  'UnreadableSourceError',
  'UnknownRunError',
  'UnknownExperimentError',
  'UnknownPartError',
]);

const TEMPORAL_WRAPPERS = new Set(['WorkflowFailedError', 'WorkflowUpdateFailedError']);

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return 1;
  if (error instanceof InterruptedError) return 130;
  // Of the command line's library: it has printed its help already, which is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return USAGE_ERRORS.has(error.name) ? 2 : 1;
}

/** What ended a command, as it is told. */
interface ToldError {
  readonly name: string;
  readonly message: string;
  /** Where it was thrown; null for an error that the user can act on. */
  readonly stack: string | null;
}

function toTold(error: unknown): ToldError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: null };
  const { name, message, stack = null, cause } = error;
  // Temporal wraps a failure in its own; the innermost one is what happened.
  if (TEMPORAL_WRAPPERS.has(name) && cause instanceof Error) return toTold(innermost(cause));
  if (name === 'ServiceError' && cause instanceof Error) {
    const told = `the Temporal server did not do as asked: ${message}: ${innermost(cause).message}`;
    return { name, message: told, stack: null };
  }
  const isOurs =
    name.endsWith('Error') &&
    !['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(name);
  return { name, message, stack: isOurs ? null : stack };
}

/** An error the user can act on is its message; anything else also shows where it was thrown. */
export function describeError(error: unknown): string {
  const { name, message, stack } = toTold(error);
  return `assay: ${stack ?? `${name}: ${message}`}`;
}

/** What a command with `--json` prints to stdout in the place of its document, beside the same words on stderr. */
export function toErrorDocument(error: unknown): {
  readonly error: { readonly name: string; readonly message: string; readonly exitCode: number };
} {
  const { name, message } = toTold(error);
  return { error: { name, message, exitCode: exitCodeOf(error) } };
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
