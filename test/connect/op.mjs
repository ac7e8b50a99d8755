// SPDX-License-Identifier: MIT
// op.mjs FOLDER: an OpenID provider on loopback for https://op.example.test, with FOLDER/op.crt and op.key. PKCE is required, refresh tokens
// rotate and work once. Prints "PORT n"; then answers lines: "browse HINT URL" (plays the browser: HINT logs in and consents; answers
// the redirect's query), "lose N" (every N-th rotated answer is cut off; 0: none), "stats". Ends with its input.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const modules = createRequire(path.join(process.argv[3], 'package.json'));
const { default: Provider } = await import(pathToFileURL(modules.resolve('oidc-provider')));
console.info = console.warn = console.log = console.error;

const stats = { calls: 0, rotated: 0, refused: 0, lost: [] };
let loseEvery = 0;

const provider = new Provider('https://op.example.test', {
  clients: [{
    client_id: 'client-1', client_secret: 'client-secret-planted', redirect_uris: ['https://host.example.test/back'],
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_post',
  }],
  scopes: ['openid', 'offline_access', 'ads'],
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  issueRefreshToken: () => true,
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['test'] },
  ttl: { AccessToken: 3600, RefreshToken: 86400, AuthorizationCode: 60, Session: 3600, Grant: 86400, Interaction: 3600, IdToken: 3600 },
});
provider.proxy = true;

provider.use(async (ctx, next) => {
  const refresh = () => ctx.path === '/token' && ctx.oidc?.params?.grant_type === 'refresh_token';
  await next();
  if (!refresh()) return;
  stats.calls++;
  if (ctx.status !== 200) {
    stats.refused++;
    return;
  }
  stats.rotated++;
  if (!loseEvery || stats.rotated % loseEvery) return;
  stats.lost.push(ctx.oidc.account.accountId);
  ctx.respond = false;
  ctx.req.socket.destroy(); // it is rotated, and nobody will know
});

async function interact(req, res) {
  const details = await provider.interactionDetails(req, res);
  const accountId = details.params.login_hint;
  if (details.prompt.name === 'login') return provider.interactionFinished(req, res, { login: { accountId } });
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope('openid offline_access ads');
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
}

const callback = provider.callback();
const server = https.createServer({ cert: readFileSync(`${folder}/op.crt`), key: readFileSync(`${folder}/op.key`) }, (req, res) => {
  if (req.url.startsWith('/interaction/')) interact(req, res).catch((e) => { console.error(e); res.writeHead(500).end(); });
  else callback(req, res);
});

function get(url, jar) {
  return new Promise((resolve, reject) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    https.get({
      host: '127.0.0.1', port: server.address().port, path: url.pathname + url.search, servername: 'op.example.test',
      headers: { host: 'op.example.test', cookie }, ca: readFileSync(`${folder}/ca.crt`),
    }, (res) => {
      res.resume();
      for (const line of res.headers['set-cookie'] ?? []) {
        const [pair] = line.split(';');
        jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      res.on('end', () => resolve(res));
    }).on('error', reject);
  });
}

async function browse(hint, address) {
  let url = new URL(address);
  const jar = new Map();
  url.searchParams.set('login_hint', hint);
  for (let hop = 0; hop < 10; hop++) {
    const res = await get(url, jar);
    if (!res.headers.location) throw new Error(`no redirect but ${res.statusCode} at ${url.pathname}`);
    url = new URL(res.headers.location, url);
    if (url.host === 'host.example.test') return url.search.slice(1);
  }
  throw new Error('too many redirects');
}

const say = (line) => process.stdout.write(`${line}\n`);
server.listen(0, '127.0.0.1', () => say(`PORT ${server.address().port}`));
for await (const line of createInterface({ input: process.stdin })) {
  const [word, ...rest] = line.split(' ');
  try {
    if (word === 'browse') say(await browse(rest[0], rest[1]));
    else if (word === 'lose') { loseEvery = Number(rest[0]); say('ok'); } else if (word === 'stats') say(JSON.stringify(stats));
    else say('what?');
  } catch (e) {
    say(`error ${e.message}`);
  }
}
process.exit(0);
