// The official CometD client against the simulator: prints one JSON line for each thing that happens to it.
// Usage: node js_client.js <base address>; NODE_PATH leads to cometd and cometd-nodejs-client.
'use strict';

const {pathToFileURL} = require('url');

// Both packages are ES modules, which NODE_PATH alone does not find.
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

const base = process.argv[2];
const tell = (event, more) => console.log(JSON.stringify({event, ...more}));

async function token() {
  const answer = await fetch(`${base}/auth/v3/oauth/token`, {
    method: 'POST',
    headers: {
      'x-api-key': 'sim-api-key',
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: 'Basic ' + Buffer.from('wallboard:sim-client-secret').toString('base64'),
    },
    body: new URLSearchParams({grant_type: 'password', username: 'tenant\\bridge', password: 'sim-password'}),
  });
  return (await answer.json()).access_token;
}

async function main() {
  (await load('cometd-nodejs-client')).adapt();
  const {CometD} = await load('cometd');
  const headers = {'x-api-key': 'sim-api-key', Authorization: `Bearer ${await token()}`};
  const cometd = new CometD();
  const commands = require('readline').createInterface({input: process.stdin});
  cometd.configure({url: `${base}/statistics/v3/notifications`, requestHeaders: headers, logLevel: 'warn'});
  cometd.addListener('/meta/handshake', (message) => {
    tell('handshake', {successful: message.successful, clientId: message.clientId});
    if (message.successful) {
      cometd.batch(() => {
        for (const channel of ['/statistics/v3/updates', '/statistics/v3/service']) {
          const receive = (event) => tell('message', {channel: event.channel, data: event.data});
          cometd.subscribe(channel, receive, (reply) => tell('subscribe', {channel, successful: reply.successful}));
        }
      });
    }
  });
  cometd.addListener('/meta/connect', (message) => {
    tell('connect', {successful: message.successful, error: message.error});
  });
  commands.on('line', (line) => {
    if (line === 'disconnect') {
      cometd.disconnect((reply) => {
        tell('disconnect', {successful: reply.successful});
        commands.close();
      });
    }
  });
  cometd.handshake();
}

main();
