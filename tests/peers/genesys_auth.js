'use strict';
// The Authentication API's token endpoint, and the checks that every other call goes through.

const crypto = require('crypto');
const fixture = require('./genesys_fixtures.js');

class Authority {
  constructor(options) {
    this.options = options;
    this.access = new Set();
    this.refresh = new Set();
  }

  /** POST /auth/v3/oauth/token: [status, body, headers]. */
  token(headers, form) {
    const { apiKey, clientId, clientSecret } = this.options;
    if (apiKey && headers['x-api-key'] !== apiKey) return [403, fixture('token_bad_api_key')];
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`, 'latin1').toString('base64')}`;
    if (headers.authorization !== basic) return [401, fixture('token_bad_client')];
    if (!this.grantIsGood(form)) return [400, fixture('token_bad_user')];
    const body = { ...fixture('token_response'), access_token: crypto.randomUUID(), expires_in: this.options.expiresIn };
    this.access.add(body.access_token);
    if (form.get('grant_type') === 'client_credentials') {
      delete body.refresh_token;
    } else {
      body.refresh_token = form.get('refresh_token') || crypto.randomUUID();
      this.refresh.add(body.refresh_token);
    }
    return [200, body, { 'Cache-Control': 'no-store', Pragma: 'no-cache' }];
  }

  grantIsGood(form) {
    switch (form.get('grant_type')) {
      case 'password':
        return form.get('username') === this.options.username && form.get('password') === this.options.password;
      case 'client_credentials':
        return true;
      case 'refresh_token':
        return this.refresh.has(form.get('refresh_token'));
      default:
        return false;
    }
  }

  /** What a call with these headers is refused with, or undefined. */
  check(headers) {
    const { apiKey } = this.options;
    if (apiKey && headers['x-api-key'] !== apiKey) return [403, fixture('token_bad_api_key')];
    const [scheme, token] = String(headers.authorization || '').split(' ');
    if (scheme.toLowerCase() === 'bearer' && this.access.has(token)) return undefined;
    // The reference gives the status only. This body is what Spring Security's OAuth writes, token and all.
    return [401, { error: 'invalid_token', error_description: `Invalid access token: ${token}` }];
  }

  expire(refresh = false) {
    this.access.clear();
    if (refresh) this.refresh.clear();
  }
}

module.exports = { Authority };
