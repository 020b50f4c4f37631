import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { isSettings, type Settings } from '../../config/merge.ts';

const CHAINS = 'runs that take from others are conditions of their own (docs/chains.md)';

/** Keys of earlier versions by their place in a condition, with what to write instead. */
const FORMER: readonly (readonly [path: readonly string[], instead: string])[] = [
  [
    ['teacher'],
    `${CHAINS}: add a condition \`teacher-rollouts: { base: …, collect: rollouts }\`, and to this one ` +
      '`data: { from: dataset, run: teacher-rollouts }`',
  ],
  [
    ['training', 'examples'],
    `${CHAINS}: add a condition \`ranked: { collect: ranked-problems, data: { from: rollouts, run: … } }\`, and to this one ` +
      '`data: { from: dataset, run: ranked, take: 1 }`',
  ],
  [
    ['scheme', 'behavior'],
    `${CHAINS}: the policy samples, or \`data: { from: dataset, run: … }\` gives the rollouts`,
  ],
  [
    ['data', 'isReversed'],
    'which rows of a dataset are read is said by `pick` (docs/chains.md): `pick: last` for true, nothing for false',
  ],
];

function holds(settings: unknown, [key, ...rest]: readonly string[]): boolean {
  if (!isSettings(settings) || !Object.hasOwn(settings, key!)) return false;
  return rest.length === 0 || holds(settings[key!], rest);
}

/** The experiment, each of its conditions and each cell of its axes, with their places. */
function listFrames(declared: Settings): { readonly place: string; readonly settings: unknown }[] {
  const named = (settings: unknown, place: string) =>
    isSettings(settings)
      ? Object.entries(settings).map(([name, value]) => ({ place: `${place}.${name}`, settings: value }))
      : [];
  return [
    { place: '', settings: declared },
    ...named(declared['conditions'], 'conditions'),
    ...named(declared['axes'], 'axes').flatMap(({ place, settings }) => named(settings, place)),
  ];
}

/** @throws {InvalidSpecError} saying what to write in the place of keys of an earlier version */
export function refuseFormerKeys(declared: Settings): void {
  const faults = listFrames(declared).flatMap(({ place, settings }) =>
    FORMER.filter(([path]) => holds(settings, path)).map(([path, instead]) => {
      const key = path.join('.');
      return `${place === '' ? key : `${place}.${key}`}: a key of an earlier version; ${instead}`;
    }),
  );
  if (faults.length > 0) throw new InvalidSpecError(faults.join('\n'));
}
