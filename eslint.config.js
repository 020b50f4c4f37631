import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Which rooms each room may import, as docs/architecture.md draws it; anything absent is forbidden. */
const mayImport = {
  config: [],
  random: [],
  rollouts: ['config'],
  datasets: ['config'],
  tasks: ['config', 'random'],
  stats: ['random'],
  corpora: ['config', 'random', 'tasks'],
  schemes: ['config', 'random', 'tasks', 'rollouts'],
  model: ['config', 'random', 'rollouts'],
  learning: ['config', 'random', 'rollouts', 'schemes', 'model'],
  probes: ['config', 'random', 'rollouts', 'tasks', 'stats', 'model'],
  db: ['config'],
  artifacts: ['config', 'db'],
  imports: ['config'],
  reports: ['config', 'random', 'stats', 'db'],
  activities: [
    'config',
    'random',
    'rollouts',
    'datasets',
    'tasks',
    'corpora',
    'schemes',
    'model',
    'learning',
    'probes',
    'stats',
    'artifacts',
    'db',
  ],
  workflows: ['config'],
  setup: ['model'],
  worker: ['config', 'artifacts', 'db', 'model', 'activities', 'setup'],
  experiments: ['config', 'random', 'tasks', 'corpora', 'rollouts', 'datasets', 'schemes', 'probes', 'stats'],
  launch: ['config', 'experiments', 'worker', 'setup', 'artifacts', 'db', 'model'],
  cli: [
    'config',
    'experiments',
    'launch',
    'worker',
    'setup',
    'artifacts',
    'db',
    'reports',
    'model',
    'schemes',
    'imports',
  ],
};

/** Single files of rooms that a room may not import as a whole. */
const mayAlsoImport = {
  // Rescoring reads stored rows and writes nothing: the one computation of activities/ that no workflow asks for.
  cli: { activities: 'step/rescore-run' },
};

/** Rooms that compute only: no Node built-ins, no third party beyond what is listed. */
const pureRooms = [
  'config',
  'random',
  'rollouts',
  'datasets',
  'tasks',
  'corpora',
  'schemes',
  'stats',
  'workflows',
];

/** Rooms that know Temporal. */
const temporalRooms = ['activities', 'workflows', 'worker', 'launch'];

const rooms = Object.keys(mayImport);

/** The end of an expression for a room's files that spares the one that another room may import. */
function exceptFile(room, other) {
  const file = mayAlsoImport[room]?.[other];
  return file === undefined ? '' : `(?!${file}\\.ts$)`;
}

function importRules(room) {
  const forbidden = rooms.filter((other) => other !== room && !mayImport[room].includes(other));
  const patterns = forbidden.map((other) => ({
    regex: `^(\\.\\./)+${other}/${exceptFile(room, other)}`,
    // Workflows know activities, and launches know workflows, as types only.
    allowTypeImports:
      (room === 'workflows' && other === 'activities') || (room === 'launch' && other === 'workflows'),
    message: `${room}/ may not import ${other}/ (docs/architecture.md, rooms).`,
  }));
  if (pureRooms.includes(room)) {
    patterns.push(
      { regex: '^node:', message: `${room}/ is pure: no Node built-ins.` },
      {
        regex: '^(@tensorflow|drizzle-orm|better-sqlite3)',
        message: `${room}/ is pure: no tfjs, no database.`,
      },
    );
  }
  if (!temporalRooms.includes(room)) {
    patterns.push({ regex: '^@temporalio/', message: `${room}/ does not know Temporal.` });
  }
  return {
    files: [`${room}/**/*.ts`],
    ignores: ['**/*.test.ts', 'experiments/matrices/**', 'experiments/claims/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
      // The rule above does not see `import()`. (A slash would end the selector's expression.)
      'no-restricted-syntax': [
        'error',
        ...forbidden.map((other) => ({
          selector: `ImportExpression[source.value=/^([.]{2}\\W)+${other}\\W${exceptFile(room, other).replaceAll('/', '\\W')}/]`,
          message: `${room}/ may not import ${other}/ (docs/architecture.md, rooms).`,
        })),
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.assay/', 'migrations/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'import-x/no-cycle': ['error', { maxDepth: 6, ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'no-console': 'off',
    },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.js', '.mjs'] } } },
  },
  ...rooms.map(importRules),
  // A launch tells its teller; only commands print.
  { files: ['launch/**/*.ts'], rules: { 'no-console': 'error' } },
  { files: ['drizzle.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
);
