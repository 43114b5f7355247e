// A demo city of its own for the browser tests: built, filled in a temporary folder, served on a free port,
// and taken down at the end. Beside it answers a provider of OpenID Connect, by which one may sign in too.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { deliver } from './delivered.mjs';
import { startProvider, writeSettings } from './provider.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

function binary() {
  const built = spawnSync('cargo', ['build', '--bin', 'zhiqiang'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the program could not be built');
  return join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug', 'zhiqiang');
}

async function answers(address, child) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      if ((await fetch(`${address}/health`)).ok) return;
    } catch {
      // not yet listening
    }
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error('the server did not answer within a minute');
}

/** Starts the city; `address` is where it answers, `stop` takes it down. */
export async function startCity() {
  if (process.env.ZHIQIANG_ADDRESS) return { address: process.env.ZHIQIANG_ADDRESS, async stop() {} };
  const program = binary();
  const data = process.env.ZHIQIANG_E2E_DATA ?? mkdtempSync(join(tmpdir(), 'zhiqiang-e2e-'));
  if (!process.env.ZHIQIANG_E2E_DATA) {
    const filled = spawnSync(program, ['--data', data, 'demo', '--no-serve'], { encoding: 'utf8' });
    if (filled.status !== 0) throw new Error(`demo failed: ${filled.stderr}`);
    deliver(program, data);
  }
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const provider = await startProvider(await freePort(), `${address}/sign-on/return`);
  const settings = mkdtempSync(join(tmpdir(), 'zhiqiang-sign-on-'));
  writeSettings(join(settings, 'sign-on.toml'), provider.issuer);
  const child = spawn(program, ['--data', data, 'serve', '--address', `127.0.0.1:${port}`,
    '--public-address', address, '--sign-on', join(settings, 'sign-on.toml')], { stdio: ['ignore', 'ignore', 'inherit'] });
  await answers(address, child);
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      await new Promise((ended) => child.once('exit', ended));
      await provider.stop();
      rmSync(settings, { recursive: true, force: true });
      if (!process.env.ZHIQIANG_E2E_DATA) rmSync(data, { recursive: true, force: true });
    },
  };
}
