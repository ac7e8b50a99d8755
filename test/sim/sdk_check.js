// SPDX-License-Identifier: MIT
// The official SDK of Meta and the official sign-in library of Google, unchanged, against adsim: their requests and what they make of
// the answers are not of our making.
// node sdk_check.js ADSIM: both keep their own base URLs; every connection leads to adsim, over TLS that is verified.
'use strict';

const assert = require('node:assert');
const { spawn, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const https = require('node:https');
const os = require('node:os');
const path = require('node:path');
const tls = require('node:tls');
const { once } = require('node:events');
const sdk = require('facebook-nodejs-business-sdk');
const { OAuth2Client, CodeChallengeMethod } = require('google-auth-library');

const APP = '123456789012345', SECRET = 'adsim-app-secret', CALLBACK = 'http://127.0.0.1:1/callback';
const adsim = process.argv[2];
const tests = [];
const world = {};

function test(name, run) { tests.push({ name, run }); }

// lines of the truth, computed by a second adsim that serves nothing
function truth(kind, ...more) {
    const text = execFileSync(adsim, ['--truth', kind, ...more], { maxBuffer: 1 << 28 }).toString();
    return text.trim().split('\n').map((line) => JSON.parse(line));
}

async function start(folder) {
    const ca = path.join(folder, 'ca.pem');
    world.process = spawn(adsim, ['--ca-file', ca], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(world.process.stdout, 'data');
    const { port } = JSON.parse(line.toString());
    const agent = new https.Agent({ keepAlive: true });
    agent.createConnection = (options) => tls.connect({
        host: '127.0.0.1', port, servername: options.servername || options.host, ca: fs.readFileSync(ca),
    });
    https.globalAgent = agent;
}

function get(url) {
    return new Promise((resolve, reject) => {
        https.get(url, (response) => {
            let body = '';
            response.on('data', (piece) => { body += piece; });
            response.on('end', () => resolve({ status: response.statusCode, location: response.headers.location, body }));
        }).on('error', reject);
    });
}

async function consent() {
    const scope = 'ads_read,business_management';
    const query = new URLSearchParams({ client_id: APP, redirect_uri: CALLBACK, state: 's', scope, auto: '1' });
    const { location } = await get(`https://www.facebook.com/v24.0/dialog/oauth?${query}`);
    const code = new URL(location).searchParams.get('code');
    const exchange = new URLSearchParams({ client_id: APP, client_secret: SECRET, redirect_uri: CALLBACK, code });
    return JSON.parse((await get(`https://graph.facebook.com/v24.0/oauth/access_token?${exchange}`)).body).access_token;
}

async function everything(cursor) {
    const rows = [...cursor];
    while (cursor.hasNext()) {
        cursor = await cursor.next();
        rows.push(...cursor);
    }
    return rows;
}

const shown = (lines) => lines.filter((line) => line.shown === 'always').map((line) => line.row);

test('accounts are listed for the person', async () => {
    const accounts = await everything(await new sdk.User('me').getAdAccounts(['id', 'name', 'currency', 'timezone_name']));
    const rows = truth('accounts').slice(0, 3).map((line) => line.row);
    const four = (r) => [r.id, r.name, r.currency, r.timezone_name];
    assert.deepStrictEqual(accounts.map(four), rows.map(four));
    world.account = accounts[0];
    world.id = accounts[0].id;
});

test('campaigns are listed page by page', async () => {
    const fields = ['id', 'name', 'status', 'effective_status', 'objective', 'daily_budget', 'created_time'];
    const campaigns = await everything(await new sdk.AdAccount(world.id).getCampaigns(fields, { limit: 4 }));
    const rows = shown(truth('campaigns', '--account', world.id));
    assert.ok(campaigns.length > 4);
    assert.deepStrictEqual(campaigns.map((c) => fields.map((f) => c[f])), rows.map((r) => fields.map((f) => r[f])));
});

test('a filter and a state travel as JSON text', async () => {
    const gone = ['ARCHIVED', 'DELETED'];
    const ads = await everything(await new sdk.AdAccount(world.id).getAds(['id', 'creative'], { effective_status: gone, limit: 50 }));
    const rows = truth('ads', '--account', world.id).filter((l) => gone.includes(l.row.effective_status));
    assert.ok(ads.length > 0);
    assert.deepStrictEqual(ads.map((a) => [a.id, a.creative.id]), rows.map((l) => [l.row.id, l.row.creative.id]));
});

test('one object is read', async () => {
    const row = shown(truth('campaigns', '--account', world.id))[0];
    const campaign = await new sdk.Campaign(row.id).get(['name', 'updated_time']);
    assert.deepStrictEqual([campaign.name, campaign.updated_time], [row.name, row.updated_time]);
});

const REPORT = { level: 'campaign', time_increment: 1, time_range: { since: '2026-03-01', until: '2026-03-05' }, limit: 10 };
const METRICS = ['campaign_id', 'spend', 'impressions', 'clicks'];

function report() {
    const { since, until } = REPORT.time_range;
    const days = ['--from', since, '--to', until];
    return shown(truth('insights', '--level', 'campaign', '--account', world.id, ...days, '--fields', METRICS.join(',')));
}

const asRow = (r) => [r.date_start, ...METRICS.map((m) => r[m])];

test('a report is read at once', async () => {
    const rows = await everything(await new sdk.AdAccount(world.id).getInsights(METRICS, REPORT));
    assert.deepStrictEqual(rows.map(asRow), report().map(asRow));
});

test('a report is made as a run and read', async () => {
    let run = await new sdk.AdAccount(world.id).getInsightsAsync(METRICS, REPORT);
    const named = { report_run_id: run.id };
    let status;
    for (let i = 0; i < 10 && status !== 'Job Completed'; i++) {
        run = await new sdk.AdReportRun(null, named).get(['async_status', 'async_percent_completion']).catch((e) => {
            if (i) throw e;
            return {};
        });
        status = run.async_status;
    }
    assert.strictEqual(status, 'Job Completed');
    const rows = await everything(await new sdk.AdReportRun(null, named).getInsights([], { limit: 10 }));
    assert.deepStrictEqual(rows.map(asRow), report().map(asRow));
});

test('an error comes as the error that the SDK knows', async () => {
    await assert.rejects(new sdk.AdAccount(world.id).getCampaigns(['id', 'colour']), (e) => {
        assert.strictEqual(e.name, 'FacebookRequestError');
        assert.strictEqual(e.status, 400);
        assert.strictEqual(e.response.code, 100);
        return true;
    });
});

// ---- Google

const GOOGLE = ['adsim-client.apps.googleusercontent.com', SECRET, CALLBACK], ADWORDS = 'https://www.googleapis.com/auth/adwords';

async function signIn(user) {
    const client = new OAuth2Client(...GOOGLE);
    const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
    const url = client.generateAuthUrl({
        access_type: 'offline', prompt: 'consent', scope: ADWORDS, state: 's',
        code_challenge: codeChallenge, code_challenge_method: CodeChallengeMethod.S256,
    });
    const { location } = await get(`${url}&auto=1&user=${user}`);
    const { tokens } = await client.getToken({ code: new URL(location).searchParams.get('code'), codeVerifier });
    client.setCredentials(tokens);
    return client;
}

function campaigns(client) {
    return client.request({
        url: 'https://googleads.googleapis.com/v25/customers/3100000000/googleAds:searchStream', method: 'POST',
        headers: { 'developer-token': 'abcdefghijklmnopqrstuv' }, data: { query: 'SELECT campaign.id, campaign.name FROM campaign' },
    });
}

test('Google: a person signs in with a challenge, and rows are read', async () => {
    const client = await signIn(0);
    const info = await client.getTokenInfo(client.credentials.access_token);
    assert.deepStrictEqual([info.aud, info.scopes], [GOOGLE[0], [ADWORDS]]);
    const { data } = await campaigns(client);
    const rows = truth('campaigns', '--platform', 'google', '--account', '3100000000').map((line) => line.row.campaign);
    assert.deepStrictEqual(data.flatMap((b) => b.results).map((r) => [r.campaign.id, r.campaign.name]), rows.map((c) => [c.id, c.name]));
});

test('Google: a token that is dead is renewed by the one that lasts', async () => {
    const client = await signIn(0), lasting = client.credentials.refresh_token, before = client.credentials.access_token;
    client.setCredentials({ ...client.credentials, expiry_date: 1 });
    assert.ok((await campaigns(client)).data[0].results.length);
    assert.notStrictEqual(client.credentials.access_token, before);
    assert.strictEqual(client.credentials.refresh_token, lasting);
});

test('Google: what was revoked stays so', async () => {
    const client = await signIn(1), lasting = client.credentials.refresh_token;
    assert.strictEqual((await client.revokeCredentials()).status, 200);
    client.setCredentials({ refresh_token: lasting });
    await assert.rejects(client.getAccessToken(), (e) => {
        assert.strictEqual(e.response.data.error, 'invalid_grant');
        return true;
    });
});

async function main() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'adsim-sdk-'));
    const failed = [];
    console.log(`[==========] Running ${tests.length} test(s).`);
    try {
        await start(folder);
        sdk.FacebookAdsApi.init(await consent(), 'en_US', false);
        for (const { name, run } of tests) {
            try {
                await run();
                console.log(`[       OK ] ${name}`);
            } catch (problem) {
                failed.push(name);
                console.log(`[  FAILED  ] ${name}\n${problem.stack}`);
            }
        }
    } finally {
        if (world.process) world.process.kill('SIGTERM');
        fs.rmSync(folder, { recursive: true, force: true });
    }
    console.log(`[==========] ${tests.length} test(s) run.\n[  PASSED  ] ${tests.length - failed.length} test(s).`);
    if (failed.length) console.log(`[  FAILED  ] ${failed.length} test(s), listed below:\n${failed.join('\n')}`);
    https.globalAgent.destroy();
    process.exitCode = failed.length ? 1 : 0;
}

main();
