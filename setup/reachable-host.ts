const LIMIT_MS = 5_000;

/** Whether a download host answers within five seconds. The downloaders themselves go on trying for minutes. */
export async function isReachable(address: string): Promise<boolean> {
  try {
    await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(LIMIT_MS) });
    return true;
  } catch {
    // Any failure, be it name, route, certificate or time, means the same: no download from there.
    return false;
  }
}
