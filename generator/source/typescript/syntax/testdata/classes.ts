@decorator @factory({ a: 1 }) @name.space.one
export class Everything<in out T, const U extends string = "u"> extends Base<T> implements One, Two<U> {
	static #count = 0; readonly a: string = "a"; b?: number; c!: boolean; declare d: string; static e; 'quoted' = 1; 12 = 2; [computed] = 3
	private static readonly f = () => this.a
	accessor g = 1; static accessor h; override i = 2; get; set; static; async; readonly
	static { Everything.#count++; const local = 1; }
	constructor(private readonly j: string, public k?: number, @inject() protected l = 1) { super(j); }
	method<V>(this: Everything<T, U>, v: V): v is V & string;
	method(v: unknown): boolean { return super.method(v) && new.target === undefined; }
	abstract2(): void
	get m(): string { return this.#private() } set m(value) {}
	static async n() { await 1 } *o() { yield 1 } async *p() {} async
	q() {} #private() { return "" } static get r() { return 1 } [Symbol.iterator]() {} get() { return 1 } set(v) {} static async() {}
	@log handler = api({ method: "GET" }, async () => {}); @a @b() both() {}
	[key: string]: any;
	static readonly [index: number]: string
}
abstract class Partial1 { abstract a: string; abstract b(): void; protected abstract get c(): number; private constructor() { } }
declare class Ambient { a: string; b(): void; static c: number; constructor(x: string) }
const expression = class extends (a, b) { }, anonymous = @dec class { }, implementsName = class implements A { };
declare let x: number, y: string; declare function f(): void; declare enum E { A } declare namespace N { const a: number; function g(): void }
declare abstract class G { }
abstract
class NotAbstract { }
type
Split = string
export default @last class { }
