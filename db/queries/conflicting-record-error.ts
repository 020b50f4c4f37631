/** A row exists under the same natural key with another value: two computations that should agree did not. */
export class ConflictingRecordError extends Error {
  override readonly name = 'ConflictingRecordError';
  constructor(table: string, key: string, difference: string) {
    super(
      `${table} already holds a different row for ${key}: ${difference}. A repeated step must repeat its values; ` +
        'was the backend, its thread count or the code changed in between?',
    );
  }
}

/**
 * Compares what is stored with what a repeated step computed; the first difference is named. Zeros of either sign are the
 * same: SQLite keeps no negative zero.
 *
 * @throws {ConflictingRecordError}
 */
export function assertSameRecord<Row extends object>(
  place: { readonly table: string; readonly key: string },
  stored: Row,
  computed: Row,
): void {
  for (const [name, value] of Object.entries(computed)) {
    const existing = (stored as Record<string, unknown>)[name];
    const isSame =
      Buffer.isBuffer(value) && Buffer.isBuffer(existing) ? value.equals(existing) : existing === value;
    if (!isSame) {
      const show = (item: unknown): string =>
        Buffer.isBuffer(item) ? `${item.length} bytes` : JSON.stringify(item);
      throw new ConflictingRecordError(
        place.table,
        place.key,
        `${name} is ${show(existing)}, computed ${show(value)}`,
      );
    }
  }
}
