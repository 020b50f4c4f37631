import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./db/schema.ts', './db/rollout-schema.ts', './db/import-schema.ts'],
  out: './migrations',
});
