// Prints the shapes that the operations named on the command line reach, as the JavaScript SDK's schema has them, in the form of
// VendorModel. A schema is an array: [kind, namespace, name, traits, ...]; scalars are numbers; functions defer to later schemas.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.cwd() + '/');
const sdk = require('@aws-sdk/client-sagemaker');
const version = JSON.parse(readFileSync('node_modules/@aws-sdk/client-sagemaker/package.json', 'utf8')).version;
const [LIST, MAP, STRUCTURE, UNION, OPERATION] = [1, 2, 3, 4, 9];
const LIST_OF = 64, MAP_OF = 128;
const SCALARS = { 0: 'string', 1: 'number', 2: 'bool', 4: 'time' };
const found = {};

const resolve = schema => {
  while (typeof schema === 'function') schema = schema();
  return schema;
};

function kind(schema) {
  // With traits of its own, a shape that is not known yet stands in a list.
  schema = resolve(Array.isArray(schema) && typeof schema[0] === 'function' ? schema[0] : schema);
  if (typeof schema === 'number') {
    if (schema & MAP_OF) return 'map of string to ' + SCALARS[schema & ~MAP_OF];
    if (schema & LIST_OF) return 'list of ' + SCALARS[schema & ~LIST_OF];
    return SCALARS[schema];
  }
  const [type, , name] = schema;
  if (type === STRUCTURE || type === UNION) { reach(schema); return name; }
  if (type === LIST) return 'list of ' + kind(schema[4]);
  if (type === MAP) return `map of ${kind(schema[4])} to ${kind(schema[5])}`;
  // A scalar with traits: [0, namespace, name, traits, scalar].
  return kind(schema[4]);
}

function reach(schema) {
  const [, , name, , members, targets, required = 0] = schema;
  if (found[name]) return;
  const shape = found[name] = {};
  members.forEach((member, at) => {
    const target = Array.isArray(targets[at]) ? targets[at][0] : targets[at];
    shape[member] = ['type ' + kind(target), ...(at < required ? ['required'] : [])];
  });
}

const operations = {};
for (const operation of process.argv.slice(2)) {
  const schema = sdk[operation + '$'];
  if (!schema || schema[0] !== OPERATION) continue;
  operations[operation] = [schema[4], schema[5]].map(side => {
    const shape = resolve(side);
    if (!Array.isArray(shape) || shape[0] !== STRUCTURE || shape[2] === 'Unit') return null;
    reach(shape);
    return shape[2];
  });
}
console.log(JSON.stringify({ version, operations, shapes: found }));
