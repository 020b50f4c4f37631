/** A file of results that cannot be read: get a whole one, or name the fields that hold what is missing. */
export class UnreadableSourceError extends Error {
  override readonly name = 'UnreadableSourceError';

  /** @param line from 1, or the entry within an archive; null: the file as a whole */
  constructor(path: string, place: string | number | null, found: string) {
    const where =
      place === null ? path : typeof place === 'number' ? `${path}, line ${place}` : `${path}, ${place}`;
    super(`${where}: ${found}`);
  }
}
