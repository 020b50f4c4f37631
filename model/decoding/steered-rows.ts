import { requireTokenIds } from '../network/token-ids.ts';

/** What takes choices from a policy that samples N completions; a row of null is left alone. */
export interface Steering {
  /** [N]: tokens that a row begins its completion with, fed in place of draws */
  readonly forced?: readonly (Int32Array | null)[];
  /** [N]: token ids that a row never draws; the others share their probability */
  readonly banned?: readonly (Int32Array | null)[];
}

interface SteeredCall extends Steering {
  readonly count: number;
  readonly vocabularySize: number;
  readonly maxNewTokens: number;
  /** null: no token ends a completion */
  readonly endId: number | null;
}

function checkForced(forced: Int32Array, row: number, call: SteeredCall): void {
  requireTokenIds(forced, call.vocabularySize, (at) => `forced token ${at} of row ${row}`);
  if (forced.length > call.maxNewTokens) {
    throw new RangeError(
      `row ${row} has ${forced.length} forced tokens; expected at most the ${call.maxNewTokens} of maxNewTokens`,
    );
  }
  const end = call.endId === null ? -1 : forced.indexOf(call.endId);
  if (end >= 0 && end < forced.length - 1) {
    throw new RangeError(
      `forced token ${end} of row ${row} ends its completion, but ${forced.length - 1 - end} more follow it`,
    );
  }
  const banned = call.banned?.[row];
  const broken = forced.findIndex((id) => banned?.includes(id) ?? false);
  if (broken >= 0) {
    throw new RangeError(`forced token ${broken} of row ${row} is ${forced[broken]}, which is banned there`);
  }
}

function checkBanned(banned: Int32Array, row: number, call: SteeredCall): void {
  requireTokenIds(banned, call.vocabularySize, (at) => `banned id ${at} of row ${row}`);
  if (new Set(banned).size === call.vocabularySize) {
    throw new RangeError(`row ${row} bans all ${call.vocabularySize} tokens of the vocabulary; leave it one`);
  }
  if (call.endId !== null && banned.includes(call.endId)) {
    throw new RangeError(
      `row ${row} bans the end token ${call.endId} and would never end; sample it without one (endId null)`,
    );
  }
}

/** @throws RangeError, UnknownTokenIdError when rows cannot be steered like that */
export function checkSteering(call: SteeredCall): void {
  for (const name of ['forced', 'banned'] as const) {
    const rows = call[name];
    if (rows !== undefined && rows.length !== call.count) {
      throw new RangeError(`${call.count} prompts need as many rows of ${name}, found ${rows.length}`);
    }
  }
  call.forced?.forEach((ids, row) => ids !== null && checkForced(ids, row, call));
  call.banned?.forEach((ids, row) => ids !== null && checkBanned(ids, row, call));
}

/**
 * Logits [rows, V] in which banned tokens have probability 0; the same array when nothing is banned.
 *
 * @param rows `index`: the row of the call that each row of logits belongs to
 */
export function silenceBanned(
  logits: Float32Array,
  rows: readonly { readonly index: number }[],
  banned: Steering['banned'],
): Float32Array {
  if (banned === undefined) return logits;
  const vocabulary = logits.length / rows.length;
  const silenced = logits.slice();
  rows.forEach(({ index }, at) =>
    banned[index]?.forEach((id) => (silenced[at * vocabulary + id] = -Infinity)),
  );
  return silenced;
}
