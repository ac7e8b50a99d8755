// SPDX-License-Identifier: MIT
// A queue that others wrote, with empty jobs: node queue.js graphile|pgboss SOCKET_FOLDER JOBS [AT_ONCE]
// Says "ready" when all jobs are in their table; on a line of input works until the last one is completed there, and says
// "done SECONDS CPU_SECONDS": the time of the work, and of this process for it. Nothing else is in the time: connections are open before.
'use strict';

const { Pool } = require('pg');
const [queue, host, count, atOnce] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])];
const place = { host, user: 'engine', database: 'adsync' };

// As many jobs at once as its documentation measures with, a connection for each and one more, all prepared.
async function graphile(begin) {
  const { makeWorkerUtils, run, Logger } = require('graphile-worker');
  const most = atOnce || 24;
  const pgPool = new Pool({ ...place, max: most + 1 });
  const logger = new Logger(() => (level, message) => { if (level === 'error') console.error(message); });
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  await pgPool.query("SELECT count(graphile_worker.add_job('empty', json_build_object('n', n))) FROM generate_series(1, $1) AS n", [count]);
  await warm(pgPool, most + 1);
  await begin();
  let left = count;
  const runner = await run({ pgPool, logger, concurrency: most, noHandleSignals: true, taskList: { empty: async () => {} } });
  await new Promise((resolve) => runner.events.on('job:complete', () => { if (--left === 0) resolve(); }));
  return async () => {
    await runner.stop();
    await rows(pgPool, 'SELECT count(*) FROM graphile_worker._private_jobs', 0);
    await utils.release();
    await pgPool.end();
  };
}

// A hundred are fetched and completed by one call each; its worker would wait half a second between two such lots, this does not.
async function pgboss(begin) {
  const PgBoss = require('pg-boss');
  const lots = 100, most = atOnce || 4;
  const boss = new PgBoss({ ...place, max: most, supervise: false, schedule: false });
  boss.on('error', (error) => { throw error; });
  await boss.start();
  await boss.createQueue('empty');
  for (let n = 0; n < count; n += 1000)
    await boss.insert(Array.from({ length: Math.min(1000, count - n) }, (_, i) => ({ name: 'empty', data: { n: n + i + 1 } })));
  await Promise.all(Array.from({ length: most }, () => boss.getDb().executeSql('SELECT pg_sleep(0.05)')));
  await begin();
  await Promise.all(Array.from({ length: most }, async () => {
    for (let jobs; (jobs = await boss.fetch('empty', { batchSize: lots })).length;) await boss.complete('empty', jobs.map((job) => job.id));
  }));
  return async () => {
    await rows(boss.getDb(), "SELECT count(*) FROM pgboss.job WHERE state = 'completed'", count);
    await boss.stop({ graceful: false });
  };
}

async function warm(pool, n) {
  const clients = await Promise.all(Array.from({ length: n }, () => pool.connect()));
  for (const client of clients) client.release();
}

async function rows(db, sql, expected) {
  const answer = await (db.executeSql ? db.executeSql(sql) : db.query(sql));
  if (Number(answer.rows[0].count) !== expected) throw new Error(`${sql}: ${answer.rows[0].count}, not ${expected}`);
}

async function main() {
  let at, cpu;
  const begin = () => new Promise((resolve) => {
    process.stdin.once('data', () => { process.stdin.pause(); cpu = process.cpuUsage(); at = process.hrtime.bigint(); resolve(); });
    console.log('ready');
  });
  const end = await { graphile, pgboss }[queue](begin);
  const took = Number(process.hrtime.bigint() - at) / 1e9, used = process.cpuUsage(cpu);
  console.log(`done ${took.toFixed(6)} ${((used.user + used.system) / 1e6).toFixed(6)}`);
  await end();
}

main().catch((error) => { console.error(error); process.exit(1); });
