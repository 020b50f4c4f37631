import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Instruction sets by which numeric libraries choose their kernels, and so the last bits of a result. */
const DECISIVE = /^(sse4_2|avx\w*|fma|amx\w*|asimd\w*|sve\w*|i8mm|bf16)$/;

/**
 * The kind of processor: its name and, where the system tells them, generation and instruction sets. A rented machine's name
 * ("AMD EPYC") often leaves open which generation it is, and generations give other last bits.
 *
 * @param cpuinfo what Linux says in /proc/cpuinfo; null elsewhere
 * @example 'AMD EPYC, family 25 model 17 (avx avx2 avx512f … fma sse4_2)'
 */
export function describeProcessor(name: string | null, cpuinfo: string | null): string | null {
  if (cpuinfo === null) return name;
  const valueOf = (key: RegExp): string | null => key.exec(cpuinfo)?.[1]?.trim() ?? null;
  const family = valueOf(/^cpu family\s*:(.*)$/m);
  const model = valueOf(/^model\s*:(.*)$/m);
  const generation = family === null || model === null ? '' : `, family ${family} model ${model}`;
  const flags = valueOf(/^(?:flags|Features)\s*:(.*)$/m)?.split(/\s+/) ?? [];
  const decisive = [...new Set(flags.filter((flag) => DECISIVE.test(flag)))].sort();
  return `${name ?? 'unknown processor'}${generation}${decisive.length === 0 ? '' : ` (${decisive.join(' ')})`}`;
}

/** This machine's. */
export function readProcessor(): string | null {
  let cpuinfo: string | null = null;
  try {
    cpuinfo = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // Another system than Linux: the name is all there is.
  }
  return describeProcessor(cpus()[0]?.model ?? null, cpuinfo);
}
