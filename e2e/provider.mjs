// A provider of OpenID Connect on loopback, as a government's sign-on would be: for the browser tests, and by hand:
//   npm run provider -- PORT REDIRECT_URI
// Whoever signs in there is the subject of the name that they type; any password will do.
import { writeFileSync } from 'node:fs';

import Provider from 'oidc-provider';

export const CLIENT = { id: 'zhiqiang', secret: 'a-secret-of-the-browser-tests' };

/** Starts the provider; `redirect` is where it sends browsers back to. */
export async function startProvider(port, redirect) {
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirect],
      post_logout_redirect_uris: [redirect.replace(/sign-on\/return$/, 'sign-in')],
      response_types: ['code'], grant_types: ['authorization_code'],
    }],
    pkce: { required: () => true },
    cookies: { keys: ['kept for a test only'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.gov.cn` }) }),
  });
  const server = await new Promise((done, failed) => {
    const listening = provider.listen(port, '127.0.0.1', () => done(listening)).once('error', failed);
  });
  return { issuer, stop: () => new Promise((ended) => { server.closeAllConnections(); server.close(ended); }) };
}

/** Writes the settings by which `zhiqiang serve --sign-on` finds this provider. */
export function writeSettings(path, issuer) {
  writeFileSync(path, `issuer = "${issuer}"\nclient_id = "${CLIENT.id}"\nclient_secret = "${CLIENT.secret}"\n`, { mode: 0o600 });
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const [port, redirect] = process.argv.slice(2);
  const { issuer } = await startProvider(Number(port), redirect);
  console.log(`${issuer}, client ${CLIENT.id}, secret ${CLIENT.secret}, back to ${redirect}`);
}
