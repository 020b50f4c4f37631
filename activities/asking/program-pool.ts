import { canonicalJson } from '../../config/canonical.ts';
import type { ProgramSource } from '../../schemes/rewards/reward.ts';
import { openProgram, type ProgramSession } from './program-session.ts';

/** Programs that external rewards ask, kept from one step to the next: one that loads a model does so once. */
export interface ProgramPool {
  /** A program for the caller alone. */
  borrow(source: ProgramSource): ProgramSession;
  /** For the next one that borrows the same program. */
  giveBack(source: ProgramSource, session: ProgramSession): void;
  close(): void;
}

/** How long a program is kept that nobody asks. */
const IDLE_MS = 60_000;

export function createProgramPool(idleMs = IDLE_MS): ProgramPool {
  const idle = new Map<string, Map<ProgramSession, NodeJS.Timeout>>();
  const open = new Set<ProgramSession>();
  const closeOne = (session: ProgramSession): void => {
    open.delete(session);
    session.close();
  };
  const close = (): void => {
    for (const timer of [...idle.values()].flatMap((ofSource) => [...ofSource.values()])) clearTimeout(timer);
    idle.clear();
    for (const session of open) closeOne(session);
  };
  // Their groups are their own, so they do not end with this process by themselves.
  process.once('exit', close);
  return {
    borrow: (source) => {
      const kept = idle.get(canonicalJson(source));
      const [found] = kept ?? [];
      if (found === undefined) {
        const session = openProgram(source);
        open.add(session);
        return session;
      }
      const [session, timer] = found;
      clearTimeout(timer);
      kept!.delete(session);
      session.forgive();
      return session;
    },
    giveBack: (source, session) => {
      const key = canonicalJson(source);
      const kept = idle.get(key) ?? new Map<ProgramSession, NodeJS.Timeout>();
      const timer = setTimeout(() => {
        kept.delete(session);
        closeOne(session);
      }, idleMs);
      idle.set(key, kept.set(session, timer.unref()));
    },
    close,
  };
}
