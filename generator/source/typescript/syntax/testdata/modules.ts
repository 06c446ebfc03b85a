#!/usr/bin/env node
// Every way to import and export.
import "./side-effect";
import whole from "./whole";
import * as everything from "./everything";
import { one, two as zwei, default as standard, "string name" as named } from './names';
import first, { second } from "./mixed";
import third, * as rest from "./mixed";
import type { OnlyType } from "./types";
import type Only from "./types";
import type from "./a-default-called-type";
import type * as kinds from "./types";
import { type A, type B as C, type as, type as as alsoAs } from "./types";
import {} from "./nothing";
import data from "./data.json" with { type: "json" };
import legacy = require("./legacy");
import type Old = require("./old");
import Alias = legacy.deep.name;

export const x = 1, { y, z: [w, ...more] } = whole;
export let later: string;
export default class Main {}
export function overloaded(a: string): void;
export function overloaded(a: number): void;
export function overloaded(a: unknown) {}
export async function* stream() { yield* everything.all(); }
export abstract class Base {}
export enum Colour { Red, Green = "green", Blue = 1 << 2, "quoted", Mixed = Blue | Red }
export const enum Few { One }
export interface Shape { side: number }
export type Size = number;
export namespace outer.inner { export const deep = 1; export namespace most { const hidden = deep; } }
export declare const ambient: number;
export declare function external(): void;
export { one, zwei as "two words", second as renamed };
export type { OnlyType };
export { type A, type B } from "./types";
export * from "./all";
export * as bundle from "./bundle";
export type * from "./all-types";
export { default } from "./default";
export { default as other, named as default2 } from "./default";
export import Exported = Alias.more;
declare module "ambient-module" { import thing from "thing"; export default thing; }
declare module "no-body";
declare global { interface Window { ours: boolean } var globalThing: string }

async function lazily() {
	const { a } = await import("./lazy");
	const b = await import(`./template`);
	const c = await import("./with", { with: { type: "json" } });
	const d = await import(one);
	return [a, b, c, d, import.meta.url, rest, third, named, standard, data, type, Old, kinds, alsoAs];
}
