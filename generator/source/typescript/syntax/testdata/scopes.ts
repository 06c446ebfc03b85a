// What each name refers to.
import { api, type Shape } from "./api";
import * as space from "./space";
import standard from "./standard";
const db = api(), used = later(hoisted);
function later(db: string) { return db + local; var local = inner; function inner() { return db } }
function shadow(a = db, { b = a, c: { d } } = a, ...e) { const db = b; { let db = d; var hoisted = db; } return [db, e, hoisted]; }
const arrow = (space) => space.x, object = { db, shadow, space, [standard]: standard, method(db) { return db } };
for (const db of object) { db } for (let i = db; i < 1; i++) { i } for (var hoisted in db) { hoisted }
try { db } catch (db) { db } finally { db }
switch (db) { case used: let db = 1; db; break; default: db }
class Store { db = db; static one = Store; method() { return Store.one } } const Expression = class Inner extends Store { self = Inner }; Inner;
const recursive = function again(n) { return again(n - 1) };
namespace Grouped { export const db = 1; db; Store; } Grouped.db;
enum Level { Low, High = Low, db = High } Level.db; function Level2() { } namespace Level2 { export const x = Level2 }
interface Shape2 { db: typeof db } const Shape2 = 1; type Shape3 = Shape; function typed<T extends Shape>(x: T, y: typeof x): T { return y }
label: for (;;) { break label } undefinedGlobal; export { db, used as renamed, Shape3, Shape2 }; export default standard;
var twice = 1; var twice = 2; twice; { function blockScoped() { } blockScoped } async (x) => { await x; for await (const y of x) y };
