// SPDX-License-Identifier: MIT
// A server with manners good and bad, over TLS, HTTP/2 and HTTP/1.1. It ends when its standard input does.
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { gzipSync } from 'node:zlib';

const [key, cert] = [readFileSync(process.argv[2]), readFileSync(process.argv[3])];
const counts = { applied: 0, sessions: 0, sockets: 0, foreign: 0 };
const sockets = new Set();

// 1 MiB after the other, as fast as they are taken
function endless(r, left) {
  if (r.destroyed || !left) return r.end();
  return r.write(Buffer.alloc(1 << 20, 97)) ? setImmediate(endless, r, left - 1) : r.once('drain', () => endless(r, left - 1));
}

const answers = {
  '/ok': (q, r) => r.writeHead(200, { 'X-Verb': q.method, 'X-Version': q.httpVersion }).end('hello'),
  '/gzip': (q, r) => r.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('x'.repeat(100000))),
  '/big': (q, r) => r.writeHead(200).end(Buffer.alloc(1 << 20, 97)),
  '/stall': (q, r) => { // says how large it will be, and takes its time
    r.writeHead(200, { 'Content-Length': 1 << 20 });
    r.write(Buffer.alloc(1000, 97));
    setTimeout(() => r.end(Buffer.alloc((1 << 20) - 1000, 97)), 2500);
  },
  '/never': () => {},
  '/bomb': (q, r) => r.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100 << 20))),
  '/endless': (q, r) => { r.writeHead(200); endless(r, 100); },
  '/redirect': (q, r) => r.writeHead(q.method === 'POST' ? 307 : 302, { Location: 'https://evil.example.test/ok' }).end(),
  '/reset-all': () => { for (const socket of sockets) socket.resetAndDestroy(); },
  '/counts': (q, r) => r.writeHead(200).end(`${counts.applied} ${counts.sessions} ${counts.sockets} ${counts.foreign}`),
  '/slow': (q, r) => setTimeout(() => r.writeHead(200).end('late'), 300),
  '/truncated': (q, r) => { r.writeHead(200, { 'Content-Length': 1000 }); r.write('short'); setTimeout(() => q.socket.destroy(), 50); },
  '/reset': (q, r) => r.stream ? r.stream.close(2) : q.socket.destroy(),
  '/goaway': (q, r) => { r.stream.session.goaway(0); setTimeout(() => r.writeHead(200).end('after goaway'), 100); },
};

function handle(q, r) {
  const path = q.url.split('?')[0];
  if ((q.headers[':authority'] ?? q.headers.host) !== 'api.example.test') counts.foreign++;
  if (path === '/cut-upload') { // in the middle of what is being sent
    q.once('data', () => answers['/reset-all']());
    return;
  }
  if (path === '/apply-then-cut') { // it happened, and nobody will hear of it
    q.on('data', () => {}).on('end', () => { counts.applied++; q.socket.destroy(); });
    return;
  }
  if (path === '/echo') {
    let body = '';
    q.on('data', (d) => { body += d; }).on('end', () => r.writeHead(200).end(`${q.method} ${q.headers['x-extra']} ${body}`));
    return;
  }
  (answers[path] ?? ((_, a) => a.writeHead(404).end()))(q, r);
}

const server = createSecureServer({ key, cert, allowHTTP1: true, maxSessionMemory: 200 }, handle);
const old = createServer({ key, cert }, handle); // HTTP/1.1 only
for (const one of [server, old]) {
  one.on('connection', (socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); });
  one.on('secureConnection', () => { counts.sockets++; });
  one.on('error', () => {});
}
server.on('session', () => { counts.sessions++; });
server.on('sessionError', () => {});
old.listen(0, '127.0.0.1', () => server.listen(0, '127.0.0.1', () => console.log(`${server.address().port} ${old.address().port}`)));
process.stdin.on('end', () => process.exit(0)).resume();
