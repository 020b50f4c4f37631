import { CheckpointFormatError } from './checkpoint-format-error.ts';

/**
 * The object that a file of a model directory holds; `name` is the file's.
 *
 * @throws CheckpointFormatError when it holds anything else
 */
export function parseJsonObject(text: string, name: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointFormatError(`${name} is not JSON`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new CheckpointFormatError(`${name} must hold an object`);
  }
  return json as Record<string, unknown>;
}
