'use strict';
// Faults that the real servers have and the official CometD server never shows, in front of it.
//
// A "poll" is a connect that may be held. A fault: {on: "handshake" | "connect" | "poll" | "subscribe" | "disconnect" | "notifications" | "token" | "subscriptions" |
// "values" | "rest" | "all", count: how many requests (default 1, -1 for all), skip: how many to let through first, and one of
//   status, body, headers   answer this instead (body as text, or as JSON)
//   reply                   a Bayeux reply of these fields to each message of the request
//   advice                  let the request through and put this advice into the replies to it
//   hang                    never answer
//   drop                    close the connection without an answer
//   delay                   let it through after so many ms}

class Faults {
  constructor() {
    this.clear();
  }

  clear() {
    this.faults = [];
  }

  add(fault) {
    this.faults.push({ count: 1, skip: 0, ...fault });
  }

  take(kinds) {
    for (const fault of this.faults) {
      if (fault.count === 0 || !(fault.on === 'all' || kinds.includes(fault.on))) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      fault.count -= 1;
      return fault;
    }
    return undefined;
  }

  /** True when the fault has dealt with the request. */
  async apply(kinds, body, request, response) {
    const fault = this.take(kinds);
    if (!fault) return false;
    if (fault.hang) return true;
    if (fault.drop) {
      request.socket.destroy();
      return true;
    }
    if (fault.delay) {
      await new Promise((resolve) => setTimeout(resolve, fault.delay));
      return false;
    }
    if (fault.advice) {
      advise(response, `/meta/${fault.on === 'poll' ? 'connect' : fault.on}`, fault.advice);
      return false;
    }
    if (fault.reply) {
      const replies = body.map(({ id, channel, subscription }) => ({ id, channel, subscription, ...fault.reply }));
      answer(response, 200, JSON.stringify(replies));
      return true;
    }
    const text = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {});
    answer(response, fault.status || 200, text, fault.headers);
    return true;
  }
}

function answer(response, status, text, headers) {
  const type = text.startsWith('<') ? 'text/html' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, ...headers }).end(text);
}

function advise(response, channel, advice) {
  const end = response.end.bind(response);
  response.end = (text, ...rest) => {
    const messages = JSON.parse(text);
    for (const message of messages) if (message.channel === channel) message.advice = advice;
    return end(JSON.stringify(messages), ...rest);
  };
}

module.exports = { Faults };
