const EVERY_MS = 5_000;

/** Tells of long files on stderr, from time to time. */
export function createProgress(source: string): (samples: number) => void {
  let toldAtMs = Date.now();
  return (samples) => {
    if (Date.now() - toldAtMs < EVERY_MS) return;
    toldAtMs = Date.now();
    console.error(`${source}: ${samples} samples so far`);
  };
}
