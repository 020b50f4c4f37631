import { redactSecrets } from '../worker/server/redact-secrets.ts';
import { toPrintable } from './printable.ts';

/**
 * Lets nothing through `console.log` and `console.error` that a terminal would obey, since rollouts, names and failures come
 * from models and files, and no value of a secret variable. All text of the commands goes through these two.
 */
export function guardConsole(target: Pick<Console, 'log' | 'error'>, environment: NodeJS.ProcessEnv): void {
  for (const method of ['log', 'error'] as const) {
    const print = target[method].bind(target);
    target[method] = (...parts: unknown[]) =>
      print(
        ...parts.map((part) =>
          typeof part === 'string' ? toPrintable(redactSecrets(part, environment)) : part,
        ),
      );
  }
}
