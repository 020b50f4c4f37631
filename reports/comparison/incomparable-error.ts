/** The rows cannot make a report: run the missing part, or name another baseline. */
export class IncomparableError extends Error {
  override readonly name = 'IncomparableError';
}
