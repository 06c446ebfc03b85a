// Prints how the TypeScript compiler reads files, for comparison with groundplan's own reader.
//
// node oracle.cjs PATH_OF_TYPESCRIPT [names]: reads file names from stdin, one a line, and prints one JSON object a line:
// {file, errors, lines}, where errors are the compiler's syntax errors and lines describe the tree below types, one node
// a line. Offsets are bytes. With names, what each identifier refers to is among them; that takes several times as long.
'use strict';
const fs = require('fs');
const readline = require('readline');
const ts = require(process.argv[2]);
const withNames = process.argv[3] === 'names';
const K = ts.SyntaxKind;

// byteOffsets returns a function from UTF-16 offsets to byte offsets.
function byteOffsets(text) {
  if (!/[^\x00-\x7f]/.test(text)) return (i) => i;
  const table = new Uint32Array(text.length + 1);
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    table[i] = bytes;
    const c = text.charCodeAt(i);
    if (c < 0x80) bytes += 1;
    else if (c < 0x800) bytes += 2;
    else if (c >= 0xd800 && c < 0xdc00 && i + 1 < text.length) {
      table[i + 1] = bytes + 2;
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  table[text.length] = bytes;
  return (i) => table[i];
}

// hash is FNV-1a over the UTF-8 bytes.
function hash(text) {
  let h = 0x811c9dc5;
  for (const b of Buffer.from(text, 'utf8')) h = Math.imul(h ^ b, 0x01000193) >>> 0;
  return h.toString(16);
}

const plain = new Map([
  [K.NumericLiteral, 'num'], [K.BigIntLiteral, 'num'], [K.RegularExpressionLiteral, 'regex'], [K.TrueKeyword, 'bool'],
  [K.FalseKeyword, 'bool'], [K.NullKeyword, 'null'], [K.ThisKeyword, 'this'], [K.SuperKeyword, 'super'], [K.MetaProperty, 'meta'],
  [K.ParenthesizedExpression, 'paren'], [K.ConditionalExpression, 'cond'], [K.AwaitExpression, 'await'], [K.YieldExpression, 'yield'],
  [K.AsExpression, 'cast'], [K.SatisfiesExpression, 'cast'], [K.TypeAssertionExpression, 'cast'], [K.NonNullExpression, 'cast'],
  [K.JsxElement, 'jsx'], [K.JsxSelfClosingElement, 'jsx'], [K.JsxFragment, 'jsx'], [K.SpreadElement, 'spread'],
  [K.ObjectLiteralExpression, 'object'], [K.TypeOfExpression, 'unary'], [K.VoidExpression, 'unary'], [K.DeleteExpression, 'unary'],
  [K.ExpressionStatement, 'expr'], [K.Block, 'block'], [K.IfStatement, 'if'], [K.ForStatement, 'for'], [K.ForInStatement, 'foreach'],
  [K.ForOfStatement, 'foreach'], [K.WhileStatement, 'while'], [K.DoStatement, 'while'], [K.SwitchStatement, 'switch'],
  [K.CaseClause, 'case'], [K.DefaultClause, 'case'], [K.TryStatement, 'try'], [K.ReturnStatement, 'return'], [K.ThrowStatement, 'throw'],
  [K.BreakStatement, 'jump'], [K.ContinueStatement, 'jump'], [K.LabeledStatement, 'labeled'], [K.WithStatement, 'with'],
  [K.EmptyStatement, 'empty'], [K.DebuggerStatement, 'empty'], [K.VariableStatement, 'vars'], [K.VariableDeclaration, 'declarator'],
  [K.EnumDeclaration, 'enum'], [K.InterfaceDeclaration, 'interface'], [K.TypeAliasDeclaration, 'type'], [K.Parameter, 'param'],
  [K.PropertyAssignment, 'prop'], [K.ShorthandPropertyAssignment, 'prop'], [K.SpreadAssignment, 'prop'], [K.JsxAttribute, 'attr'],
  [K.JsxSpreadAttribute, 'attr'],
]);
const functions = new Set([K.FunctionDeclaration, K.FunctionExpression, K.ArrowFunction, K.MethodDeclaration, K.GetAccessor, K.SetAccessor, K.Constructor]);
const skipped = new Set([K.TypeParameter, K.IndexSignature, K.ImportDeclaration, K.ImportEqualsDeclaration, K.ExportDeclaration, K.NamespaceExportDeclaration, K.JSDoc]);

function describe(file, text, checker) {
  const at = byteOffsets(text);
  const lines = [];
  const span = (n) => at(n.getStart(file)) + ' ' + at(n.end);
  const spans = (list) => (list || []).map((n) => span(n).replace(' ', '-')).join(',');
  const called = (n) => ' callee ' + span(n.expression) + ' types ' + spans(n.typeArguments) + ' arguments ' + spans(n.arguments);
  const flag = (b, word) => (b ? ' ' + word : '');

  function visit(n) {
    if (skipped.has(n.kind)) return;
    if (n.kind === K.HeritageClause && n.token === K.ImplementsKeyword) return;
    if (n.kind !== K.ExpressionWithTypeArguments && n.kind !== K.ThisKeyword && n.kind !== K.NullKeyword && ts.isTypeNode(n)) return;
    one(n);
    if (n.kind === K.InterfaceDeclaration || n.kind === K.TypeAliasDeclaration) return;
    ts.forEachChild(n, visit);
  }

  function one(n) {
    const word = plain.get(n.kind);
    if (word) {
      if (n.parent && (n.parent.name === n || n.parent.propertyName === n) && n.kind === K.NumericLiteral) return;
      if (n.kind === K.VariableDeclaration && n.parent.kind === K.CatchClause) return;
      lines.push(word + ' ' + span(n));
      return;
    }
    if (functions.has(n.kind)) {
      const async = (n.modifiers || []).some((m) => m.kind === K.AsyncKeyword);
      lines.push('function ' + span(n) + ' ' + n.parameters.length + flag(n.body, 'body') + flag(async, 'async') + flag(n.asteriskToken, 'generator'));
      return;
    }
    switch (n.kind) {
      case K.Identifier:
        identifier(n);
        break;
      case K.StringLiteral:
        if (ts.isModuleDeclaration(n.parent) || n.parent.name === n || n.parent.propertyName === n) break;
        lines.push('string ' + span(n) + ' ' + hash(n.text));
        break;
      case K.NoSubstitutionTemplateLiteral:
        lines.push('template ' + span(n) + ' ' + (n.text === undefined ? '' : hash(n.text)));
        break;
      case K.TemplateExpression:
        lines.push('template ' + span(n) + ' ' + hash([n.head.text, ...n.templateSpans.map((s) => s.literal.text)].join('\0')));
        break;
      case K.TaggedTemplateExpression:
        lines.push(('tagged ' + span(n) + ' types ' + spans(n.typeArguments)).trim());
        break;
      case K.PrivateIdentifier:
        if (n.parent.kind === K.BinaryExpression) lines.push('private ' + span(n));
        break;
      case K.PropertyAccessExpression:
        if (!inClosingTag(n)) lines.push('member ' + span(n) + ' ' + span(n.name) + ' ' + (n.name.escapedText + '').replace(/^___/, '__') + flag(n.questionDotToken, 'optional'));
        break;
      case K.ElementAccessExpression:
        lines.push('index ' + span(n) + flag(n.questionDotToken, 'optional'));
        break;
      case K.CallExpression:
        lines.push(('call ' + span(n) + called(n) + flag(n.questionDotToken, 'optional')).trim());
        break;
      case K.NewExpression:
        lines.push(('new ' + span(n) + called(n)).trim());
        break;
      case K.ExpressionWithTypeArguments:
        if (n.parent.kind !== K.HeritageClause) lines.push(('instantiation ' + span(n) + ' types ' + spans(n.typeArguments)).trim());
        break;
      case K.ArrayLiteralExpression:
        lines.push('array ' + span(n) + ' ' + n.elements.length);
        break;
      case K.PrefixUnaryExpression:
      case K.PostfixUnaryExpression:
        lines.push('unary ' + span(n));
        break;
      case K.BinaryExpression:
        if (n.operatorToken.kind !== K.CommaToken) lines.push('binary ' + span(n) + ' ' + n.operatorToken.getText(file));
        break;
      case K.ClassDeclaration:
      case K.ClassExpression:
        lines.push('class ' + span(n) + ' ' + n.members.filter((m) => m.kind !== K.SemicolonClassElement).length);
        break;
      case K.ModuleDeclaration:
        if (n.parent.kind !== K.ModuleDeclaration) lines.push('namespace ' + span(n));
        break;
      case K.PropertyDeclaration:
        lines.push('field ' + span(n));
        break;
      case K.ExportAssignment:
        break;
    }
  }

  // isReference tells expressions from names that are declared or belong to something.
  function identifier(n) {
    const p = n.parent;
    const shorthand = p.kind === K.ShorthandPropertyAssignment && p.name === n;
    if (!shorthand && p.kind !== K.ExportAssignment && (!ts.isExpressionNode(n) || p.name === n)) return;
    // Names of elements such as div are words of the page.
    if (ts.isJsxOpeningLikeElement(p) && p.tagName === n && /^[a-z]|-/.test(n.text)) return;
    if (inClosingTag(n)) return;
    let line = 'reference ' + span(n);
    if (checker) {
      const symbol = shorthand ? checker.getShorthandAssignmentValueSymbol(p) : checker.getSymbolAtLocation(n);
      const found = ((symbol && symbol.declarations) || []).filter((d) => d.getSourceFile() === file).map((d) => {
        const name = ts.getNameOfDeclaration(d);
        return at((name || d).getStart(file));
      });
      line += ' -> ' + [...new Set(found)].join(',');
    }
    lines.push(line);
  }

  function inClosingTag(n) {
    for (let p = n.parent; p && (p.kind === K.PropertyAccessExpression || p.kind === K.JsxClosingElement); p = p.parent) {
      if (p.kind === K.JsxClosingElement) return true;
    }
    return false;
  }

  for (const s of file.statements) {
    imports(s);
    exports(s);
  }
  dynamicImports(file);
  visit(file);
  return lines;

  function imports(s) {
    if (s.kind === K.ImportDeclaration) {
      const c = s.importClause;
      const parts = [];
      let typeOnly = false;
      let phase = '';
      if (c) {
        typeOnly = c.isTypeOnly;
        phase = c.phaseModifier === K.DeferKeyword ? 'defer' : '';
        if (c.name) parts.push('default ' + c.name.text);
        if (c.namedBindings && c.namedBindings.kind === K.NamespaceImport) parts.push('* ' + c.namedBindings.name.text);
        if (c.namedBindings && c.namedBindings.kind === K.NamedImports) {
          for (const e of c.namedBindings.elements) {
            parts.push((e.isTypeOnly ? 'type ' : '') + (e.propertyName || e.name).text + ' as ' + e.name.text + ' ' + span(e).replace(' ', '-'));
          }
        }
      }
      lines.push('import ' + span(s) + ' ' + s.moduleSpecifier.text + flag(typeOnly, 'type') + flag(phase, phase) + ' [' + parts.join('; ') + ']');
    }
    if (s.kind === K.ImportEqualsDeclaration && s.moduleReference.kind === K.ExternalModuleReference) {
      lines.push('import ' + span(s) + ' ' + s.moduleReference.expression.text + flag(s.isTypeOnly, 'type') + ' [* ' + s.name.text + ']');
    }
  }

  function dynamicImports(n) {
    if (ts.isCallExpression(n) && n.arguments.length > 0 && ts.isStringLiteralLike(n.arguments[0]) &&
        (n.expression.kind === K.ImportKeyword || ts.isMetaProperty(n.expression) && n.expression.keywordToken === K.ImportKeyword)) {
      lines.push('import ' + span(n) + ' ' + n.arguments[0].text + flag(n.expression.kind !== K.ImportKeyword, n.expression.name && n.expression.name.text) + ' []');
    }
    if (!ts.isTypeNode(n) || n.kind === K.ExpressionWithTypeArguments) ts.forEachChild(n, dynamicImports);
  }

  function exports(s) {
    const mods = new Set((s.modifiers || []).map((m) => m.kind));
    const add = (name, from) => lines.push('export ' + name + ' ' + from);
    if (s.kind === K.ExportAssignment) add(s.isExportEquals ? '=' : 'default', span(s));
    else if (s.kind === K.ExportDeclaration) {
      const from = s.moduleSpecifier ? s.moduleSpecifier.text : '';
      const c = s.exportClause;
      if (!c) add('', from + ' *' + flag(s.isTypeOnly, 'type'));
      else if (c.kind === K.NamespaceExport) add(c.name.text, from + ' *' + flag(s.isTypeOnly, 'type'));
      else for (const e of c.elements) add(e.name.text, from + ' ' + (e.propertyName || e.name).text + flag(s.isTypeOnly || e.isTypeOnly, 'type'));
    } else if (mods.has(K.ExportKeyword)) {
      const names = new Set();
      const pattern = (n) => (n.kind === K.Identifier ? names.add(n.text) : n.elements.forEach((e) => e.name && pattern(e.name)));
      if (mods.has(K.DefaultKeyword)) names.add('default');
      else if (s.kind === K.VariableStatement) s.declarationList.declarations.forEach((d) => pattern(d.name));
      else if (s.name && s.kind === K.ModuleDeclaration) s.name.kind === K.Identifier && !(s.flags & ts.NodeFlags.GlobalAugmentation) && names.add(s.name.text);
      else if (s.name) names.add(s.name.text);
      for (const name of names) add(name, 'declared');
    }
  }
}

async function main() {
  for await (const name of readline.createInterface({ input: process.stdin })) {
    const text = fs.readFileSync(name, 'utf8');
    const kind = /\.tsx$/.test(name) ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    const file = ts.createSourceFile(name, text, { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone }, true, kind);
    const errors = file.parseDiagnostics.map((d) => file.getLineAndCharacterOfPosition(d.start).line + 1 + ': ' + ts.flattenDiagnosticMessageText(d.messageText, ' '));
    let checker;
    if (withNames && errors.length === 0) {
      const host = {
        getSourceFile: (f) => (f === name ? file : undefined), fileExists: (f) => f === name, readFile: () => undefined, writeFile() {},
        getDefaultLibFileName: () => 'lib.d.ts', getCurrentDirectory: () => '/', getCanonicalFileName: (f) => f,
        useCaseSensitiveFileNames: () => true, getNewLine: () => '\n',
      };
      const options = { noLib: true, noResolve: true, types: [], target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, jsx: ts.JsxEmit.Preserve, allowJs: true };
      checker = ts.createProgram([name], options, host).getTypeChecker();
    }
    const out = JSON.stringify({ file: name, errors, lines: describe(file, text, checker) }) + '\n';
    if (!process.stdout.write(out)) await new Promise((done) => process.stdout.once('drain', done));
  }
}

main();
