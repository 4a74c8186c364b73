// Reads the type declarations of `@logto/api` and prints the facts that they hold as one JSON document: operations, parameters,
// bodies, answers; and from `@logto/phrases`, which has a message for each, the codes of errors. No prose is taken over.
//
// The declarations are openapi-typescript's output: an interface `paths` that points into an interface `operations`, both made of
// type literals. Whatever this reader does not know is an error with its line, so that a new version of the package cannot change
// the catalogue unnoticed.
//
// What openapi-typescript loses or bends, and what is done about it:
// - a literal (`format: "\"Totp\""` in the document) is a plain `string` with a doc comment `Format: "Totp"`: read as the constant;
// - a property with a default is declared as required, which it is not for the sender: read as `hasDefault`, and left to the
//   catalogue's maker;
// - `Record<string, never>` stands for an object of which nothing is said.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import ts from 'typescript';

import { readCodes } from './codes.mjs';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const PLACES = ['path', 'query', 'header', 'cookie'];
/** Formats that say something about the value; the others (`regex`: there was a pattern) don't. */
const FORMATS = new Set(['url', 'email', 'date-time']);

const root = dirname(dirname(createRequire(import.meta.url).resolve('@logto/api/management')));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const file = join(root, 'lib/generated-types/management.d.ts');
const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

const fail = (node, why) => {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  throw new Error(`management.d.ts:${line + 1}: ${why}: ${node.getText(source).slice(0, 120)}`);
};

const interfaces = new Map(
  source.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]),
);
const declared = (name) => interfaces.get(name) ?? fail(source, `there is no interface ${name}`);

/** The name of a property: an identifier, a string, or a number (statuses). */
const nameOf = (member) =>
  ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) || ts.isNumericLiteral(member.name)
    ? member.name.text
    : fail(member, 'a property name of an unknown kind');

const properties = (node) => node.members.filter(ts.isPropertySignature);
const property = (node, name) => properties(node).find((member) => nameOf(member) === name);
const isNever = (type) => type.kind === ts.SyntaxKind.NeverKeyword;

/** The type literal of `content?: {…}` and its like; `undefined` where it is `never` or absent. */
const literal = (member) => {
  if (!member || isNever(member.type)) return undefined;
  return ts.isTypeLiteralNode(member.type) ? member.type : fail(member, 'not a type literal');
};

/** What the doc comment of a property says in a form that a machine can read. */
const commentOf = (member) => {
  const docs = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  const text = docs.map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '').join('\n');
  const tags = new Set(docs.flatMap((doc) => doc.tags ?? []).map((tag) => tag.tagName.text));
  const format = /^\s*Format: (.+?)\s*$/m.exec(text)?.[1];
  return { format, hasDefault: tags.has('default'), deprecated: tags.has('deprecated') };
};

/** `components["schemas"]["X"]`, and `operations["X"]`, as the property that they point to. */
const target = (node) => {
  const index =
    ts.isLiteralTypeNode(node.indexType) && ts.isStringLiteral(node.indexType.literal)
      ? node.indexType.literal.text
      : fail(node, 'an index that is no string');
  const object = node.objectType;
  const owner = ts.isIndexedAccessTypeNode(object)
    ? target(object).type
    : ts.isTypeReferenceNode(object)
      ? declared(object.typeName.getText(source))
      : fail(node, 'an index into something unknown');
  return property(owner, index) ?? fail(node, 'points nowhere');
};

const withFormat = (schema, format, node) => {
  if (format === undefined) return schema;
  if (schema === 'string') {
    if (format.startsWith('"')) return { const: JSON.parse(format) };
    return FORMATS.has(format) ? { format } : schema;
  }
  if (schema === 'boolean' && (format === 'true' || format === 'false')) return { const: format === 'true' };
  // A comment on `string | null` or on a list speaks of the string in it.
  if (schema.nullable) return { nullable: withFormat(schema.nullable, format, node) };
  if (format === 'regex') return schema;
  return fail(node, `a format ${format} of something that is no string`);
};

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** One union of what the members are: nested ones flattened, literals gathered into one enumeration, null taken out. */
const unionOf = (node) => {
  const members = [];
  let nullable = false;
  let values;
  const add = (schema) => {
    if (schema === 'null') nullable = true;
    else if (schema.nullable) {
      nullable = true;
      add(schema.nullable);
    } else if (schema.oneOf) schema.oneOf.forEach(add);
    else if (schema.enum || typeof schema.const === 'string') {
      if (!values) members.push({ enum: (values = []) });
      for (const value of schema.enum ?? [schema.const]) if (!values.includes(value)) values.push(value);
    } else if (!members.some((member) => same(member, schema))) members.push(schema);
  };
  node.types.forEach((type) => add(schemaOf(type)));
  const union = members.length === 1 ? members[0] : { oneOf: members };
  return nullable ? { nullable: union } : union;
};

const objectOf = (node) => {
  const fields = properties(node).map((member) => {
    const { format, hasDefault, deprecated } = commentOf(member);
    return {
      name: nameOf(member),
      type: withFormat(schemaOf(member.type), format, member),
      required: !member.questionToken,
      ...(hasDefault && { hasDefault }),
      ...(deprecated && { deprecated }),
    };
  });
  const index = node.members.find(ts.isIndexSignatureDeclaration);
  if (fields.length === 0) return { map: index ? schemaOf(index.type) : 'any' };
  return { object: { fields, ...(index && { rest: schemaOf(index.type) }) } };
};

const schemaOf = (node) => {
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return 'string';
    case ts.SyntaxKind.NumberKeyword:
      return 'number';
    case ts.SyntaxKind.BooleanKeyword:
      return 'boolean';
    case ts.SyntaxKind.UnknownKeyword:
      return 'any';
    case ts.SyntaxKind.ParenthesizedType:
      return schemaOf(node.type);
    case ts.SyntaxKind.ArrayType:
      return { list: schemaOf(node.elementType) };
    case ts.SyntaxKind.UnionType:
      return unionOf(node);
    case ts.SyntaxKind.IntersectionType:
      return { allOf: node.types.map(schemaOf) };
    case ts.SyntaxKind.TypeLiteral:
      return objectOf(node);
    case ts.SyntaxKind.IndexedAccessType: {
      const member = target(node);
      return withFormat(schemaOf(member.type), commentOf(member).format, member);
    }
    case ts.SyntaxKind.LiteralType:
      if (node.literal.kind === ts.SyntaxKind.NullKeyword) return 'null';
      if (ts.isStringLiteral(node.literal)) return { enum: [node.literal.text] };
      return fail(node, 'a literal of an unknown kind');
    case ts.SyntaxKind.TypeReference:
      if (node.getText(source) === 'Record<string, never>') return { map: 'any' };
      return fail(node, 'a reference of an unknown kind');
    default:
      return fail(node, `a type of an unknown kind, ${ts.SyntaxKind[node.kind]}`);
  }
};

const contentOf = (node) =>
  Object.fromEntries(properties(node).map((member) => [nameOf(member), schemaOf(member.type)]));

const parametersOf = (node) =>
  PLACES.flatMap((place) => {
    const group = literal(property(node, place));
    return (group ? properties(group) : []).map((member) => ({
      in: place,
      name: nameOf(member),
      type: withFormat(schemaOf(member.type), commentOf(member).format, member),
      required: !member.questionToken,
    }));
  });

const bodyOf = (member) => {
  const body = literal(member);
  return body && { required: !member.questionToken, content: contentOf(literal(property(body, 'content'))) };
};

const answersOf = (node) =>
  Object.fromEntries(
    properties(node).map((member) => {
      const content = literal(property(member.type, 'content'));
      return [nameOf(member), content ? contentOf(content) : {}];
    }),
  );

const operationOf = (path, member) => {
  const { type } = target(member.type);
  const body = bodyOf(property(type, 'requestBody'));
  return {
    id: member.type.indexType.literal.text,
    method: nameOf(member).toUpperCase(),
    path,
    ...(commentOf(member).deprecated && { deprecated: true }),
    parameters: parametersOf(literal(property(type, 'parameters'))),
    ...(body && { body }),
    answers: answersOf(literal(property(type, 'responses'))),
  };
};

const operations = properties(declared('paths')).flatMap((member) => {
  const shared = parametersOf(literal(property(member.type, 'parameters')));
  if (shared.length > 0) fail(member, 'parameters of a whole path');
  return properties(member.type)
    .filter((method) => METHODS.includes(nameOf(method)) && !isNever(method.type))
    .map((method) => operationOf(nameOf(member), method));
});

process.stdout.write(
  JSON.stringify({ package: manifest.name, version: manifest.version, operations, codes: readCodes() }),
);
