// Types are skipped, but their ends must be found.
type Union = | "a" | 'b' | -1 | 10n | true | null | undefined | `template` | `with ${string} in ${Inner<"x">}`;
type Functions = (a: string, b?: number, ...c: boolean[]) => void; type New = new () => X; type AbstractNew = abstract new <T>(x: T) => T;
type Conditional<T> = T extends (infer U extends string)[] ? U : T extends { a: infer A } ? A : never;
type Chained<T> = T extends infer U extends number ? 1 : 0; type Nested<T> = (<G>() => G extends T ? 1 : 2) extends <G>() => G extends T ? 1 : 2 ? true : false;
type Mapped = { readonly [K in keyof T]?: T[K] } & { -readonly [K in keyof T as `get${K}`]-?: () => T[K] } & { +readonly [K in "a"]: K; };
type Tuples = [a: string, b?: number, ...rest: boolean[]] | [string, number?, ...Array<string>] | readonly [] | [new () => X];
type Members = { a: string, b?: number; readonly c: boolean
	d(): void; e?<T>(x: T): T; (call: string): number; new (construct: string): X; [index: string]: unknown; get f(): string; set f(v: string); "quoted": 1; 2: 3; [Symbol.iterator](): void; get: 1; set?: 2; readonly: 3; new: 4 };
type Operators = keyof typeof value | unique symbol | readonly string[] | (keyof T)[] | T["a"]["b"][number][] | typeof import("m") | import("m").A.B<C> | typeof a.b.c<D> | this;
type Generic<in out T extends keyof U = string, const U = {}> = Map<T, Set<Array<U>>>; type Deep = A<B<C<D<E>>>>;
let predicate: (x: any) => x is string; let asserting: (x: any) => asserts x; let asserts2: (x: any) => asserts x is string; let thisType: () => this is X;
let objectPattern: ({ a, b: [c] }: { a: string; b: string[] }, [d]: string[]) => void; let parenthesised: (string | number)[]; let optional: (a?) => void; let named: (asserts: asserts, is: is) => is;
function over<T>(this: Window, a: T, b = 1 as number): asserts a is NonNullable<T> { }
let keywords: { type: string; from: number; as: boolean; of: of; declare: declare; module: module; abstract: abstract }, definite!: string;
interface Wide<T> extends One, Two<T>, three.Four<T> { <U>(u: U): U; method(): asserts this is T; property: () => string }
let afterLine: string
(call)
let x = y as string | number
let z = <const>["a"], w = a as any as T[] < b, v = f<typeof x>(1), u = f<{ a: 1 }[]>``, t = new A<B[]>, s = a! < b
