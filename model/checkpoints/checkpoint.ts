import { readFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointFormatError } from './checkpoint-format-error.ts';
import { formatConfig, parseConfig, type PolicyConfig } from '../network/config.ts';
import { describeJson } from './describe-json.ts';
import { parseJsonObject } from './parse-json-object.ts';
import { createPolicyFromTensors, exportWeights, type Policy } from '../network/policy.ts';
import { encodeSafetensors, parseSafetensors, type StoredTensor, type StoredTensors } from './safetensors.ts';

/** The files of a Hugging Face model directory by name. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function formatGenerationConfig(config: PolicyConfig): string {
  const json = {
    bos_token_id: config.beginId,
    do_sample: false,
    eos_token_id: config.endId,
    pad_token_id: config.padId,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** `model.safetensors` of a policy: float32, Hugging Face's names; the same weights give the same bytes. */
export function encodePolicy(policy: Policy): Uint8Array {
  return encodeSafetensors(exportWeights(policy));
}

/**
 * A policy from the bytes of `model.safetensors`.
 *
 * @throws CheckpointFormatError where they are damaged or do not fit `config`
 */
export function decodePolicy(config: PolicyConfig, bytes: Uint8Array): Policy {
  return createPolicyFromTensors(config, parseSafetensors(bytes));
}

/**
 * A whole Hugging Face directory: config.json, generation_config.json, model.safetensors and the tokenizer's files.
 *
 * @param tokenizerFiles contents by name, as `loadTokenizer` and `createCharacterTokenizer` hold them
 */
export function encodeModelFiles(policy: Policy, tokenizerFiles: ReadonlyMap<string, string>): ModelFiles {
  return new Map([
    ['config.json', encodeText(formatConfig(policy.config))],
    ['generation_config.json', encodeText(formatGenerationConfig(policy.config))],
    ['model.safetensors', encodePolicy(policy)],
    ...[...tokenizerFiles].map(([name, text]) => [name, encodeText(text)] as const),
  ]);
}

/** Writes `encodeModelFiles` into `directory`, which is made. Not atomic: the artifact store sees to that. */
export async function savePolicy(
  policy: Policy,
  tokenizerFiles: ReadonlyMap<string, string>,
  directory: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, bytes] of encodeModelFiles(policy, tokenizerFiles)) {
    await writeFile(join(directory, name), bytes);
  }
}

async function readIfPresent(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function readPresent(directory: string, name: string): Promise<Buffer> {
  const bytes = await readIfPresent(join(directory, name));
  if (bytes === null) {
    throw new CheckpointFormatError(
      `${directory} has no ${name}; a Hugging Face model directory is expected`,
    );
  }
  return bytes;
}

/** The files that an index names; their names may not lead out of the directory. */
function listShards(index: Buffer): string[] {
  const { weight_map: weightMap } = parseJsonObject(index.toString('utf8'), 'model.safetensors.index.json');
  if (typeof weightMap !== 'object' || weightMap === null) {
    throw new CheckpointFormatError('model.safetensors.index.json has no weight_map');
  }
  const names = [...new Set(Object.values(weightMap))];
  const bad = names.find((name) => typeof name !== 'string' || !/^[\w.-]+\.safetensors$/.test(name));
  if (bad !== undefined) {
    throw new CheckpointFormatError(`model.safetensors.index.json names the file ${describeJson(bad)}`);
  }
  return (names as string[]).sort();
}

async function readWeights(directory: string): Promise<StoredTensors> {
  const single = await readIfPresent(join(directory, 'model.safetensors'));
  if (single !== null) return parseSafetensors(single);
  const weights = new Map<string, StoredTensor>();
  for (const name of listShards(await readPresent(directory, 'model.safetensors.index.json'))) {
    for (const [key, tensor] of parseSafetensors(await readPresent(directory, name)))
      weights.set(key, tensor);
  }
  return weights;
}

/**
 * Loads a Hugging Face directory, whole or sharded.
 *
 * @throws CheckpointFormatError where files are missing, damaged or do not fit together
 * @throws UnsupportedModelError for architectures other than plain Llama
 */
export async function loadPolicy(directory: string): Promise<Policy> {
  const config = parseConfig((await readPresent(directory, 'config.json')).toString('utf8'));
  return createPolicyFromTensors(config, await readWeights(directory));
}
