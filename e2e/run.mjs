// Runs the journeys against one demo city: those that only read first, then those that change it.
//   npm test [-- part of a file's name]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

import { startCity } from './city.mjs';

const wanted = process.argv[2] ?? '';
const files = readdirSync('journeys').filter((name) => name.endsWith('.test.mjs') && name.includes(wanted)).sort();
const city = await startCity();
const run = (names, concurrency) => new Promise((done) => {
  if (names.length === 0) return done(0);
  const child = spawn(process.execPath, ['--test', `--test-concurrency=${concurrency}`, ...names.map((name) => `journeys/${name}`)], {
    stdio: 'inherit', env: { ...process.env, ZHIQIANG_ADDRESS: city.address },
  });
  child.once('exit', (code) => done(code ?? 1));
});
const reads = files.filter((name) => name.startsWith('read-'));
const code = await run(reads, 2) || await run(files.filter((name) => !reads.includes(name)), 1);
await city.stop();
process.exit(code);
