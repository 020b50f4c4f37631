import type { RecordedFunction } from './recorded-function.ts';

/** Recordings by what they depend on. They hold no weights, so policies of one architecture share them. */
export interface Recordings {
  /** The recording known as `key`, made by `record` when it is the first of that name. */
  find(key: string, record: () => RecordedFunction): RecordedFunction;
}

/** Keeps at most `limit` recordings; the one not used for longest goes first. */
export function createRecordings(limit: number): Recordings {
  const known = new Map<string, RecordedFunction>();
  const dropOldest = (): void => {
    const [oldest] = known;
    if (oldest === undefined || known.size < limit) return;
    oldest[1].dispose();
    known.delete(oldest[0]);
  };
  return {
    find: (key, record) => {
      const found = known.get(key);
      if (found === undefined) dropOldest();
      const recording = found ?? record();
      // Re-inserting keeps the map in the order of last use.
      known.delete(key);
      known.set(key, recording);
      return recording;
    },
  };
}
