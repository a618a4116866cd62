'use strict';
// The REST calls of the Statistics API over the vendor's sample replies, and the notifications that follow from them.

const fixture = require('./genesys_fixtures.js');

const UPDATES = '/statistics/v3/updates';
const SERVICE = '/statistics/v3/service';

// The only value object that Genesys has published (agent-api-simulator).
const sampleValue = (timestamp) => ({ intervalLength: 0, tag: -1, stringValue: '7', timestamp, intValue: 7 });

// Fills the fields that the vendor's sample has, and no others.
function fill(sample, source) {
  return Object.fromEntries(Object.keys(sample).map((key) => [key, source[key]]));
}

class Statistics {
  constructor(options, notifications) {
    this.options = options;
    this.notifications = notifications;
    this.subscriptions = new Map(); // id -> {id, sessions, items: statisticId -> item with value and timestamp}
  }

  /** Any call under /statistics/v3 that is not a notification: [status, body]. */
  handle(request, url, body) {
    const path = url.pathname.replace('/statistics/v3', '');
    const route = `${request.method} ${path.replace(/^\/(subscriptions|statistic-values)\/[^/]+/, '/$1/:id')}`;
    const id = decodeURIComponent(path.split('/')[2] || '');
    const items = body && body.data && body.data.statistics;
    const brief = url.searchParams.get('verbose') === 'OFF';
    switch (route) {
      case 'POST /subscriptions':
        return Array.isArray(items) ? this.open(request, body.operationId, items, brief) : this.error(400, 'Bad Request');
      case 'DELETE /subscriptions/:id':
        this.subscriptions.delete(id);
        return [200, { status: { code: 0 } }];
      case 'GET /subscriptions/:id/statistic-values':
        return this.values(id, url.searchParams.get('statisticIds'), brief);
      case 'POST /operations/get-statistic-ex':
        return Array.isArray(items) ? this.peek(items) : this.error(400, 'Bad Request');
      case 'GET /statistic-values/:id':
        return this.single(id, url.searchParams);
      default:
        return this.error(404, 'Not Found');
    }
  }

  error(status, message) {
    const body = fixture('error_response');
    Object.assign(body.status, { code: status, message });
    return [status, body];
  }

  // A bulk reply: code 2 and the vendor's sample error for each item that was refused; all refused is an error.
  bulk(reply, asked, good) {
    const failed = asked.length - good.length;
    if (asked.length && !good.length) return [500, fixture('error_response')];
    if (failed) Object.assign(reply, { status: { code: 2 }, errors: Array.from({ length: failed }, () => fixture('error_response')) });
    return [200, reply];
  }

  isRefused(item) {
    return Boolean(item.name) && this.options.refused.includes(item.name);
  }

  measured(item) {
    const timestamp = Date.now();
    return { ...item, value: sampleValue(timestamp), timestamp };
  }

  shown(item, brief) {
    const { statistics } = fixture('create_subscription_response').data;
    const shown = fill(statistics[item.name ? 0 : 1], item);
    return brief ? { statisticId: shown.statisticId, value: shown.value, timestamp: shown.timestamp } : shown;
  }

  open(request, operationId, asked, brief) {
    const good = asked.filter((item) => !this.isRefused(item)).map((item) => this.measured(item));
    const items = new Map(good.map((item) => [item.statisticId, item]));
    if (good.length) this.subscriptions.set(operationId, { id: operationId, sessions: this.notifications.of(request), items });
    const reply = fixture('create_subscription_response');
    Object.assign(reply.data, {
      subscriptionId: operationId,
      operationId,
      statistics: good.map((item) => this.shown(item, brief)),
    });
    return this.bulk(reply, asked, good);
  }

  values(id, statisticIds, brief) {
    const subscription = this.subscriptions.get(id);
    if (!subscription) return [500, fixture('error_response')];
    const wanted = statisticIds ? statisticIds.split(',') : [...subscription.items.keys()];
    const found = wanted.filter((key) => subscription.items.has(key)).map((key) => this.shown(subscription.items.get(key), brief));
    const reply = fixture('subscription_values_response');
    Object.assign(reply.data, { subscriptionId: id, statistics: found });
    return [200, reply];
  }

  peek(asked) {
    const good = asked.filter((item) => item.name && !this.isRefused(item)).map((item) => this.measured(item));
    const reply = fixture('get_statistic_ex_response');
    const [sample] = reply.data.statistics;
    reply.data.statistics = good.map((item) => fill(sample, item));
    return this.bulk(reply, asked, good);
  }

  single(name, query) {
    if (!query.get('objectId') || !query.get('objectType')) return this.error(400, 'Bad Request');
    if (this.options.refused.includes(name)) return this.error(404, 'Resource not found');
    const reply = fixture('statistic_value_response');
    reply.data.statistic = fill(reply.data.statistic, this.measured({ name }));
    return [200, reply];
  }

  /** Items of {subscriptionId, statisticId, value, timestamp}; one message per CometD session, in the vendor's form. */
  publish(items) {
    const perSession = new Map();
    for (const update of items) {
      const subscription = this.subscriptions.get(update.subscriptionId);
      const item = subscription && subscription.items.get(update.statisticId);
      if (!item) throw new Error(`nothing is open as ${update.subscriptionId} ${update.statisticId}`);
      item.timestamp = update.timestamp ?? Date.now();
      item.value =
        update.value !== null && typeof update.value === 'object'
          ? update.value
          : { ...sampleValue(item.timestamp), stringValue: String(update.value), intValue: Math.trunc(Number(update.value)) };
      for (const session of subscription.sessions) {
        perSession.set(session, [...(perSession.get(session) || []), { ...update, value: item.value, timestamp: item.timestamp }]);
      }
    }
    for (const [session, updates] of perSession) {
      const notification = fixture('statistic_update_notification');
      const [sample] = notification.data.statistics;
      notification.data.statistics = updates.map((update) => fill(sample, update));
      this.notifications.deliver([session], UPDATES, notification);
    }
  }

  /** UNAVAILABLE drops all subscriptions, as the reference says. */
  serviceState(state) {
    const name = state === 'AVAILABLE' ? 'service_available_notification' : 'service_unavailable_notification';
    const notification = fixture(name);
    notification.data.serviceState = state;
    if (state === 'UNAVAILABLE') this.dropAll();
    this.notifications.broadcast(SERVICE, notification);
  }

  dropOf(session) {
    for (const [id, { sessions }] of this.subscriptions) if (sessions.includes(session)) this.subscriptions.delete(id);
  }

  dropAll() {
    this.subscriptions.clear();
  }

  list() {
    return [...this.subscriptions.values()].map(({ id, sessions, items }) => ({
      id,
      sessions: sessions.map((session) => session.id),
      statistics: [...items.values()],
    }));
  }
}

module.exports = { Statistics };
