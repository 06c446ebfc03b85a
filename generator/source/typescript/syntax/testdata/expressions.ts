// Where the same characters mean different things.
const division = a / b / c, regex = /a[/]b\/c/gi, after = (a) / 2, call = f() / g, index = a[0] / 2;
const inTemplate = `a${`b${c}d` + { e: `}` }.e}f` + `plain ${1}`, escapes = `\u{1F600}\n\x41`;
const tagged = tag`one ${two} three`, typed = tag<string>`x`, member = a.b`c`, optional = a?.b?.[c]?.(d)?.e!.f;
const generic = create<Map<string, Array<number>>>(1 >> 2, 3 >>> 1), compared = a < b || c > (d), shifted = a << b;
const arguments1 = f(g<h, i>(7)), arguments2 = f(g < h, i > 7), instance = new Topic<Event>("name", { deliveryGuarantee: "at-least-once" });
const bare = new Thing, nested = new (factory())(), deep = new a.b.C<D>().method(), target = function () { return new.target; };
const typedReference = bucket.ref<Uploader & Downloader>(), union = x.ref<A | "b" | { c: D; e?(): F }>(), partial = generic2<string>;
const arrows = [() => 1, x => x, (x) => x, async x => await x, async (x) => x, <T>(x: T) => x, <T,>(x: T): T => x, (): void => {}, ({ a, b: [c] = [] }, ...d) => a + c + d];
const conditionals = a ? (b) : c => d, other = a ? (b, c) : d, third = a ? (b): c => d : e, fourth = a ? async (b) => c : d;
const notArrows = [(a), (a, b), (a = 1), (a ? b : c), async(a), async (a, b), (a as any), (a satisfies B), <C>a];
const predicates = (x: unknown): x is string => typeof x === "string", asserting = function (x: unknown): asserts x is string {};
const objects = { a, b: 1, "c": 2, 3: 4, [d]: 5, [`e`]: 6, f() {}, get g() { return 1; }, set g(v) {}, async h() {}, *i() {}, async *j() {}, get: 1, set: 2, async: 3, ...k, async, get, set, static: 1, await: 2, new: 3 };
const numbers = [0, 1_000, .5, 1., 1e3, 1E-3, 0xFF, 0b11, 0o17, 10n, 0xFFn], strings = ['a\'b', "\u00e9\u{e9}\x41\
continued"];
const precedence = a ?? b, powers = 2 ** 3 ** 2, logic = a && b || c & d | e ^ f, relations = a in b, instances = a instanceof b, mixed = -a + +b - ~c * !d, voids = void 0, types = typeof a;
let assigned = 1; assigned += 1; assigned **= 2; assigned <<= 1; assigned >>= 1; assigned >>>= 1; assigned &&= a; assigned ||= b; assigned ??= c;
[a, b] = [b, a]; ({ a, b: c = 1, ...d } = e); a++; --b; delete a.b; a, b, c;
const casts = a as unknown as string, constants = ["a", "b"] as const, checked = { a: 1 } satisfies Record<string, number>, nonNull = a!.b![0]!;
const functions = function named() { return named; }, generators = function* () { const x = yield; yield* x; }, classes = class Named<T> extends mixin<T>(Base) implements I, J<T> {};
const comparison = a < b, b2 = c > d, angles = (a < b) > c, less = a<b>c, unicode = ünïcödé + \u0061bc, privateIn = class { #p; has(o) { return #p in o; } };
if (a) b; else if (c) d; else { e }
for (let i = 0, n = 10; i < n; i++) ; for (const k in o) { continue } for (const v of list) break; for (;;) { break } for (x of y) z; for (a.b in c) d;
async function waits() { for await (const x of y) { await using z = x; } using w = open(); return await w }
outer: while (true) { do { break outer } while (a) switch (b) { case 1: case 2: c; break; default: d } }
try { a } catch { b } try { a } catch ({ message }) { b } finally { c }
var asi = 1
var more = 2
;[1, 2].map(f)
const lines = a
  .b()
  .c<D>()
  ?.e
return1: throw new Error("x")
