import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';
import type { Teller } from './launch-settings.ts';

/** The program of the embedded server; where it is missing it is installed first, and the teller hears of it. */
export function findServerProgram(teller: Teller): Promise<string> {
  const report = (line: string): void => teller.line(line);
  return provideTemporalServer({ cacheDirectory: defaultCacheDirectory(), report });
}
