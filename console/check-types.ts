/** The type check of the console: writes the API's types first. `npm run check` runs it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writeApiTypes } from './write-api-types.ts';

writeApiTypes();
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const project = fileURLToPath(new URL('tsconfig.json', import.meta.url));
process.exitCode = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' }).status ?? 1;
