'use strict';
// A fresh copy of one of the vendor's samples, by file name without its ending.

const fs = require('fs');
const path = require('path');

const folder = path.join(__dirname, '..', 'fixtures', 'vendor');
const texts = new Map();

module.exports = (name) => {
  if (!texts.has(name)) texts.set(name, fs.readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  return JSON.parse(texts.get(name));
};
