'use strict';
// The Genesys services as the tests need them: the official CometD server for Node behind the URLs of the Statistics API,
// with a token endpoint and REST calls around it. Replies are the vendor's own samples (tests/fixtures/vendor) with ids and
// values filled in. Everything under /_peer/ is for the tests: see genesys.py, which starts this file and calls it.
//
//   node genesys_server.js '{"port": 0, "hold": 2000}'    prints {"port": n} once it listens on 127.0.0.1

const fs = require('fs');
const http = require('http');
const https = require('https');
const { Authority } = require('./genesys_auth.js');
const { Faults } = require('./genesys_faults.js');
const { Notifications } = require('./genesys_notifications.js');
const { Statistics } = require('./genesys_statistics.js');

const LOGGED_REQUESTS = 50000;
const LOGGED_HEADERS = ['authorization', 'x-api-key', 'cookie', 'content-type', 'user-agent'];

const options = {
  port: 0,
  hold: 2000, // ms a /meta/connect is held
  interval: 0, // ms, in the advice
  maxInterval: 10000, // ms without a poll until a session is gone
  apiKey: 'peer-api-key',
  clientId: 'peer-client',
  clientSecret: 'peer-client-secret',
  username: 'tenant\\peer',
  password: 'peer-password',
  expiresIn: 43199, // seconds
  refused: [], // names of statistics that cannot be opened
  secureCookies: false, // mark the cookies Secure, as the real service does
  certificate: null, // [certificate file, key file]: speak https
  ...JSON.parse(process.argv[2] || '{}'),
};

const log = [];
const faults = new Faults();
const authority = new Authority(options);
const notifications = new Notifications(options);
const statistics = new Statistics(options, notifications);
notifications.onSessionRemoved = (session) => statistics.dropOf(session);

function readBody(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answer(response, [status, body, headers = {}]) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

// What a request is, in the words that faults are ordered by.
function kindsOf(path, body) {
  if (path === '/auth/v3/oauth/token') return ['token'];
  if (path.startsWith('/statistics/v3/notifications')) {
    const messages = Array.isArray(body) ? body : [body];
    const channels = messages.map((message) => String((message && message.channel) || '').replace('/meta/', ''));
    const held = messages.length === 1 && channels[0] === 'connect' && !(messages[0].advice && messages[0].advice.timeout === 0);
    return [...channels, ...(held ? ['poll'] : []), 'notifications'];
  }
  if (path.startsWith('/statistics/v3/subscriptions')) {
    return [path.endsWith('/statistic-values') ? 'values' : 'subscriptions', 'rest'];
  }
  return ['values', 'rest'];
}

const controls = {
  publish: ({ messages }) => messages.forEach((items) => statistics.publish(items)), // one message for each list of items
  message: ({ channel, data }) => data.forEach((each) => notifications.broadcast(channel, each)),
  service: ({ state }) => statistics.serviceState(state),
  mute: ({ muted }) => (notifications.muted = Boolean(muted)),
  kick: () => notifications.dropSessions(),
  expire: ({ refresh }) => authority.expire(refresh),
  refuse: ({ names }) => (options.refused = names),
  deny: ({ channels, count }) => notifications.deny(channels, count),
  faults: (fault) => faults.add(fault),
  clear: () => faults.clear(),
  forget: () => (log.length = 0),
  requests: () => log,
  subscriptions: () => statistics.list(),
  sessions: () => notifications.list(),
};

async function control(name, text, response) {
  const handler = controls[name];
  if (!handler) return answer(response, [404, { error: `no control ${name}` }]);
  const result = await handler(parse(text) || {});
  return answer(response, [200, { result: result === undefined ? null : result }]);
}

async function serve(request, response) {
  const url = new URL(request.url, 'http://peer');
  const text = await readBody(request);
  if (url.pathname.startsWith('/_peer/')) return control(url.pathname.slice(7), text, response);

  const body = parse(text);
  const kinds = kindsOf(url.pathname, body);
  const headers = Object.fromEntries(LOGGED_HEADERS.filter((k) => k in request.headers).map((k) => [k, request.headers[k]]));
  const entry = { at: Date.now(), method: request.method, path: url.pathname, query: url.search, kinds, headers, body: body ?? text, status: null };
  if (log.length < LOGGED_REQUESTS) log.push(entry);
  response.on('finish', () => (entry.status = response.statusCode));

  if (await faults.apply(kinds, body, request, response)) return undefined;
  if (kinds[0] === 'token') return answer(response, authority.token(request.headers, new URLSearchParams(text)));
  const denied = authority.check(request.headers);
  if (denied) return answer(response, denied);
  if (kinds.includes('notifications')) return notifications.handle(request, response, body);
  return answer(response, statistics.handle(request, url, body));
}

function listener(request, response) {
  serve(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) answer(response, [500, { error: String(error) }]);
  });
}

const [cert, key] = (options.certificate || []).map((file) => fs.readFileSync(file));
const server = cert ? https.createServer({ cert, key }, listener) : http.createServer(listener);
server.listen(options.port, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.on('SIGTERM', () => process.exit(0));
// The parent holds the other end: when it dies, so does the peer.
process.stdin.on('end', () => process.exit(0)).resume();
