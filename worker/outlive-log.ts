/**
 * Lets a worker go on when its log cannot be written, as on a full disk: an error that nobody hears of would end the process, and the
 * matrix with it, although it waits for room by itself.
 */
export function outliveLog(streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}
