import { redactSecrets } from '../worker/server/redact-secrets.ts';
import { toPrintable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** Of the terminals that the two methods write to; undefined where there is none. */
type Columns = Readonly<Record<'log' | 'error', number | undefined>>;

/**
 * Lets nothing through `console.log` and `console.error` that a terminal would obey, since rollouts, names and failures come
 * from models and files, and no value of a secret variable. All text of the commands goes through these two,
 * so here long lines are wrapped for a terminal too.
 */
export function guardConsole(
  target: Pick<Console, 'log' | 'error'>,
  environment: NodeJS.ProcessEnv,
  columns: Columns = { log: process.stdout.columns, error: process.stderr.columns },
): void {
  for (const method of ['log', 'error'] as const) {
    const print = target[method].bind(target);
    target[method] = (...parts: unknown[]) =>
      print(
        ...parts.map((part) =>
          typeof part === 'string'
            ? wrapText(toPrintable(redactSecrets(part, environment)), columns[method])
            : part,
        ),
      );
  }
}
