/** Exit codes: 0 done, 1 a run failed or a fault of ours, 2 the command or declaration is wrong, 130 interrupted; outcomes: config/outcome.ts. */
const USAGE_ERRORS = new Set([
  'BackupExistsError',
  'BaseNotBuiltError',
  'BrokenLockError',
  'DatabaseMissingError',
  'InvalidSpecError',
  'JsonLinesError',
  'LockDeviationError',
  'LockInUseError',
  'MatrixElsewhereError',
  'MixedSourcesError',
  'TrackerMissingError',
  'UnderpoweredClaimError',
  'UnlockedClaimError',
  'UnreadableFileError',
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
  return USAGE_ERRORS.has(error.name) ? 2 : 1;
}

/** An error the user can act on is its message; anything else also shows where it was thrown. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `assay: ${String(error)}`;
  // Temporal wraps a failure in its own; the innermost one is what happened.
  if (TEMPORAL_WRAPPERS.has(error.name) && error.cause instanceof Error)
    return describeError(innermost(error.cause));
  const isOurs =
    error.name.endsWith('Error') &&
    !['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(error.name);
  if (error.name === 'ServiceError' && error.cause instanceof Error)
    return `assay: the Temporal server did not do as asked: ${error.message}: ${innermost(error.cause).message}`;
  if (isOurs) return `assay: ${error.name}: ${error.message}`;
  return `assay: ${error.stack ?? error.message}`;
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}
