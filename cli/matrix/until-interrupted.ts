import { InterruptedError } from '../exit-code.ts';

/**
 * Calls `body` with a promise that rejects at the first Ctrl-C or SIGTERM; a second Ctrl-C ends the process at once.
 *
 * @throws {InterruptedError} from `body`, as soon as that lets it through
 */
export async function untilInterrupted<Result>(
  body: (interrupted: Promise<never>) => Promise<Result>,
): Promise<Result> {
  let interrupt: (error: Error) => void;
  const interrupted = new Promise<never>((_, reject) => (interrupt = reject));
  interrupted.catch(() => undefined);
  const handler = (): void => {
    console.error('\nassay: draining; press again to stop at once (nothing recorded is lost either way)');
    interrupt(new InterruptedError('interrupted; run the same command again to resume'));
    process.once('SIGINT', () => process.exit(130));
  };
  process.once('SIGINT', handler);
  process.once('SIGTERM', handler);
  try {
    return await body(interrupted);
  } finally {
    process.removeListener('SIGINT', handler);
    process.removeListener('SIGTERM', handler);
  }
}
