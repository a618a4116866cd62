'use strict';
// /statistics/v3/notifications: the official CometD server, with the cookie that ties REST calls to a CometD session.

const crypto = require('crypto');
const { createCometDServer } = require('cometd-nodejs-server');

const COOKIE = 'STATISTICS_SESSIONID';

function cookieOf(request) {
  const match = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(request.headers.cookie || '');
  return match ? match[1] : undefined;
}

class Notifications {
  constructor(options) {
    this.options = options;
    this.muted = false; // values change, and nobody is told
    this.sessions = new Map(); // CometD session -> value of the cookie
    this.denied = new Map(); // channel -> how often its subscription is still refused
    this.onSessionRemoved = () => undefined;
    this.cometd = createCometDServer({
      timeout: options.hold,
      interval: options.interval,
      maxInterval: options.maxInterval,
      sweepPeriod: 97,
      'long-polling.json.browserCookieSecure': options.secureCookies,
      'long-polling.json.browserCookiePath': '/',
    });
    this.cometd.policy = { canSubscribe: (session, message, channel, callback) => callback(null, this.mayJoin(channel.name)) };
    this.cometd.addListener('sessionAdded', (session) => {
      this.sessions.set(session, this.cometd.context.request.statisticsSession);
    });
    this.cometd.addListener('sessionRemoved', (session) => {
      this.sessions.delete(session);
      this.onSessionRemoved(session);
    });
  }

  handle(request, response, body) {
    if (body === undefined || body === null) return response.writeHead(400).end();
    request.body = Array.isArray(body) ? body : [body];
    if (request.body.some((message) => message.channel === '/meta/handshake')) this.identify(request, response);
    return this.cometd.handle(request, response);
  }

  // The cookie goes out with the handshake, beside the one that the CometD server sets itself.
  identify(request, response) {
    const known = cookieOf(request);
    if (known && [...this.sessions.values()].includes(known)) {
      request.statisticsSession = known;
      return;
    }
    request.statisticsSession = crypto.randomUUID();
    const mine = `${COOKIE}=${request.statisticsSession}; Path=/; HttpOnly${this.options.secureCookies ? '; Secure' : ''}`;
    const setHeader = response.setHeader.bind(response);
    setHeader('Set-Cookie', [mine]);
    response.setHeader = (name, value) => setHeader(name, name === 'Set-Cookie' ? [mine, value] : value);
  }

  /** The CometD sessions that a REST call belongs to: those of its cookie. */
  of(request) {
    const wanted = cookieOf(request);
    return [...this.sessions].filter(([, cookie]) => wanted && cookie === wanted).map(([session]) => session);
  }

  deliver(sessions, channel, data) {
    if (this.muted) return;
    for (const session of sessions) {
      if (session.subscriptions.some(({ name }) => name === channel)) session.deliver(null, channel, data);
    }
  }

  broadcast(channel, data) {
    this.deliver([...this.sessions.keys()], channel, data);
  }

  dropSessions() {
    const sessions = [...this.sessions.keys()];
    for (const session of sessions) {
      this.cometd._removeServerSession(session, true);
      // A held poll is answered at once; the next one gets 402::session_unknown.
      session._flush();
    }
    return sessions.length;
  }

  deny(channels, count) {
    for (const channel of channels) this.denied.set(channel, count);
  }

  mayJoin(channel) {
    const left = this.denied.get(channel) || 0;
    if (left > 0) this.denied.set(channel, left - 1);
    return left === 0;
  }

  list() {
    return [...this.sessions].map(([session, cookie]) => ({
      id: session.id,
      cookie,
      channels: session.subscriptions.map(({ name }) => name),
    }));
  }
}

module.exports = { Notifications };
