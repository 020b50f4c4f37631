/**
 * What a test undoes at its end, the last first. Made before the test's directories, whose removal it then precedes: servers keep their
 * files there.
 */
export function createCleanups(scope: { after(cleanUp: () => Promise<void>): void }): (() => unknown)[] {
  const cleanups: (() => unknown)[] = [];
  scope.after(async () => {
    for (const cleanUp of cleanups.reverse()) await cleanUp();
  });
  return cleanups;
}
