// The codes of errors: the server words each by its key in `@logto/phrases`, so the keys are the codes. Read from the declarations of
// one language, so that none of the package's code runs and none of its prose is seen.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import ts from 'typescript';

const root = dirname(dirname(createRequire(import.meta.url).resolve('@logto/phrases')));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const file = join(root, 'lib/locales/en/errors/index.d.ts');

/** `{ package, version, known }`: the codes in the order of the alphabet. */
export const readCodes = () => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const fail = (node, why) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    throw new Error(`errors/index.d.ts:${line + 1}: ${why}: ${node.getText(source).slice(0, 120)}`);
  };
  const codes = [];
  const walk = (type, above) => {
    // `Readonly<{…}>`, as `Object.freeze` is declared.
    if (ts.isTypeReferenceNode(type) && type.typeName.getText(source) === 'Readonly') {
      walk(type.typeArguments[0], above);
    } else if (ts.isTypeLiteralNode(type)) {
      for (const member of type.members) {
        if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name)) fail(member, 'no plain key');
        walk(member.type, [...above, member.name.text]);
      }
    } else if (type.kind === ts.SyntaxKind.StringKeyword || ts.isLiteralTypeNode(type)) {
      codes.push(above.join('.'));
    } else {
      fail(type, `a type of an unknown kind, ${ts.SyntaxKind[type.kind]}`);
    }
  };
  const errors = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => statement.declarationList.declarations)
    .find((declaration) => declaration.name.getText(source) === '_default');
  if (!errors?.type) fail(source, 'nothing is exported');
  walk(errors.type, []);
  return { package: manifest.name, version: manifest.version, known: codes.sort() };
};
