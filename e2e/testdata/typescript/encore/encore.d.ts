// The shapes of Encore's public API for TypeScript, as its documentation gives them: fixtures are checked against them and
// never run.

declare module "encore.dev" {
  export interface AppMeta {
    appId: string;
    apiBaseUrl: string;
    environment: { name: string; type: "production" | "development" | "ephemeral" | "test"; cloud: "aws" | "azure" | "gcp" | "encore" | "local" };
    build: { revision: string; uncommittedChanges: boolean };
    deploy: { id: string; hostedServices: Record<string, object> };
  }
  export interface APICallMeta {
    type: "api-call";
    api: { service: string; endpoint: string; raw: boolean; auth: boolean; tags: string[] };
    method: string;
    path: string;
    pathAndQuery: string;
    pathParams: Record<string, any>;
    headers: Record<string, string | string[]>;
    parsedPayload?: Record<string, any>;
    middlewareData?: Record<string, any>;
  }
  export interface PubSubMessageMeta {
    type: "pubsub-message";
    service: string;
    topic: string;
    subscription: string;
    messageId: string;
    deliveryAttempt: number;
    parsedPayload?: Record<string, any>;
  }
  export type RequestMeta = (APICallMeta | PubSubMessageMeta) & { trace?: { traceId: string; spanId: string } };
  export function appMeta(): AppMeta;
  export function currentRequest(): RequestMeta | undefined;
}

declare module "encore.dev/api" {
  import type { IncomingMessage, ServerResponse } from "node:http";
  import type { AuthHandler } from "encore.dev/auth";
  import type { RequestMeta } from "encore.dev";

  export type Method = "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS" | "TRACE" | "CONNECT";
  type Scalar = string | number | boolean | Date;
  export type Header<T extends Scalar = string, Name extends string = ""> = T extends string ? string : T;
  export type Query<T extends Scalar | string[] | number[] | boolean[] | Date[] = string, Name extends string = ""> = T extends string ? string : T;
  export interface CookieWithOptions<T> {
    value: T;
    expires?: Date;
    sameSite?: "Strict" | "Lax" | "None";
    domain?: string;
    path?: string;
    maxAge?: number;
    secure?: boolean;
    httpOnly?: boolean;
    partitioned?: boolean;
  }
  export type Cookie<T extends Scalar = string, Name extends string = ""> = CookieWithOptions<T extends string ? string : T>;

  export interface StreamOptions {
    path?: string;
    expose?: boolean;
    auth?: boolean;
    tags?: string[];
    sensitive?: boolean;
  }
  export interface APIOptions extends StreamOptions {
    method?: Method | Method[] | "*";
    bodyLimit?: number | null;
  }
  export interface StaticOptions {
    path?: string;
    expose?: boolean;
    auth?: boolean;
    dir: string;
    notFound?: string;
    notFoundStatus?: number;
    headers?: Record<string, string | string[]>;
  }
  type Handler<P, R> = P extends void ? () => Promise<R> : (params: P) => Promise<R>;
  export function api<P extends object | void = void, R extends object | void = void>(options: APIOptions, fn: (params: P) => Promise<R>): Handler<P, R>;
  export function api<P extends object | void = void, R extends object | void = void>(options: APIOptions, fn: (params: P) => R): Handler<P, R>;

  export interface StreamIn<Q> extends AsyncIterable<Q> {
    recv: () => Promise<Q>;
  }
  export interface StreamOut<R> {
    send: (msg: R) => Promise<void>;
    close: () => Promise<void>;
  }
  export interface StreamOutWithResponse<Q, R> extends StreamOut<Q> {
    response: () => Promise<R>;
  }
  export type StreamInOut<Q, R> = StreamIn<Q> & StreamOut<R>;
  export type StreamInOutHandlerFn<H, Q, R> = H extends void ? (stream: StreamInOut<Q, R>) => Promise<void> : (data: H, stream: StreamInOut<Q, R>) => Promise<void>;
  export type StreamOutHandlerFn<H, R> = H extends void ? (stream: StreamOut<R>) => Promise<void> : (data: H, stream: StreamOut<R>) => Promise<void>;
  export type StreamInHandlerFn<H, Q, R> = H extends void ? (stream: StreamIn<Q>) => Promise<R> : (data: H, stream: StreamIn<Q>) => Promise<R>;

  export class StaticAssets {
    constructor(options: StaticOptions);
    readonly options: StaticOptions;
  }
  export type RawHandler = (req: IncomingMessage, resp: ServerResponse) => void;
  export namespace api {
    function raw(options: APIOptions, fn: RawHandler): RawHandler;
    function streamInOut<H, Q, R>(options: StreamOptions, fn: (data: H, stream: StreamInOut<Q, R>) => Promise<void>): StreamInOutHandlerFn<H, Q, R>;
    function streamInOut<Q, R>(options: StreamOptions, fn: (stream: StreamInOut<Q, R>) => Promise<void>): StreamInOutHandlerFn<void, Q, R>;
    function streamIn<Q>(options: StreamOptions, fn: (stream: StreamIn<Q>) => Promise<void>): StreamInHandlerFn<void, Q, void>;
    function streamIn<Q, R>(options: StreamOptions, fn: (stream: StreamIn<Q>) => Promise<R>): StreamInHandlerFn<void, Q, R>;
    function streamIn<H, Q, R>(options: StreamOptions, fn: (data: H, stream: StreamIn<Q>) => Promise<R>): StreamInHandlerFn<H, Q, R>;
    function streamOut<H, R>(options: StreamOptions, fn: (data: H, stream: StreamOut<R>) => Promise<void>): StreamOutHandlerFn<H, R>;
    function streamOut<R>(options: StreamOptions, fn: (stream: StreamOut<R>) => Promise<void>): StreamOutHandlerFn<void, R>;
    function static(options: StaticOptions): StaticAssets;
  }

  export interface MiddlewareOptions {
    target?: { expose?: boolean; auth?: boolean; isRaw?: boolean; isStream?: boolean; tags?: string[] };
  }
  export class MiddlewareRequest {
    get requestMeta(): RequestMeta | undefined;
    get stream(): (AsyncIterable<any> & { send(msg: any): void }) | undefined;
    get rawRequest(): IncomingMessage | undefined;
    get rawResponse(): ServerResponse | undefined;
    get data(): Record<string, any>;
  }
  export class ResponseHeader {
    headers: Record<string, string | string[]>;
    set(key: string, value: string | string[]): void;
    add(key: string, value: string | string[]): void;
  }
  export class HandlerResponse {
    constructor(payload: any);
    payload: any;
    get header(): ResponseHeader;
    set status(status: number);
  }
  export type Next = (req: MiddlewareRequest) => Promise<HandlerResponse>;
  export type MiddlewareFn = (req: MiddlewareRequest, next: Next) => Promise<HandlerResponse>;
  export interface Middleware extends MiddlewareFn {
    options?: MiddlewareOptions;
  }
  export function middleware(fn: MiddlewareFn): Middleware;
  export function middleware(options: MiddlewareOptions, fn: MiddlewareFn): Middleware;

  export enum ErrCode {
    OK = "ok",
    Canceled = "canceled",
    Unknown = "unknown",
    InvalidArgument = "invalid_argument",
    DeadlineExceeded = "deadline_exceeded",
    NotFound = "not_found",
    AlreadyExists = "already_exists",
    PermissionDenied = "permission_denied",
    ResourceExhausted = "resource_exhausted",
    FailedPrecondition = "failed_precondition",
    Aborted = "aborted",
    OutOfRange = "out_of_range",
    Unimplemented = "unimplemented",
    Internal = "internal",
    Unavailable = "unavailable",
    DataLoss = "data_loss",
    Unauthenticated = "unauthenticated",
  }
  export type ErrDetails = Record<string, any>;
  type Failure = (msg: string, cause?: Error) => APIError;
  export class APIError extends Error {
    constructor(code: ErrCode, msg: string, cause?: Error, details?: ErrDetails);
    readonly code: ErrCode;
    readonly details?: ErrDetails;
    withDetails(details: ErrDetails): APIError;
    static canceled: Failure;
    static unknown: Failure;
    static invalidArgument: Failure;
    static deadlineExceeded: Failure;
    static notFound: Failure;
    static alreadyExists: Failure;
    static permissionDenied: Failure;
    static resourceExhausted: Failure;
    static failedPrecondition: Failure;
    static aborted: Failure;
    static outOfRange: Failure;
    static unimplemented: Failure;
    static internal: Failure;
    static unavailable: Failure;
    static dataLoss: Failure;
    static unauthenticated: Failure;
  }
  export interface GatewayConfig {
    authHandler?: AuthHandler<any, any>;
  }
  export class Gateway {
    constructor(config?: GatewayConfig);
  }
  export type HttpStatus = number;
}

declare module "encore.dev/auth" {
  const brand: unique symbol;
  export type AuthHandler<P extends object, D extends { userID: string }> = ((params: P) => Promise<D | null>) & { readonly [brand]: D };
  export function authHandler<P extends object, D extends { userID: string }>(fn: (params: P) => Promise<D | null>): AuthHandler<P, D>;
}

declare module "encore.dev/config" {
  export interface Secret<Name extends string> {
    (): string;
    readonly name: Name;
  }
  export type AnySecret = Secret<string>;
  export function secret<Name extends string>(name: string extends Name ? never : Name): Secret<Name>;
}

declare module "encore.dev/cron" {
  import type { DurationString } from "encore.dev/pubsub";
  export interface CronJobConfig {
    title?: string;
    endpoint: () => Promise<unknown>;
    every?: DurationString;
    schedule?: string;
  }
  export class CronJob {
    constructor(name: string, config: CronJobConfig);
  }
}

declare module "encore.dev/log" {
  type Fields = Record<string, any>;
  interface Logger {
    trace(msg: string, fields?: Fields): void;
    debug(msg: string, fields?: Fields): void;
    info(msg: string, fields?: Fields): void;
    warn(msg: string, fields?: Fields): void;
    warn(err: Error | unknown, msg?: string, fields?: Fields): void;
    error(msg: string, fields?: Fields): void;
    error(err: Error | unknown, msg?: string, fields?: Fields): void;
    with(fields: Fields): Logger;
  }
  const log: Logger;
  export default log;
}

declare module "encore.dev/metrics" {
  type Labels<L> = Record<keyof L, string | number | boolean>;
  export interface MetricConfig {}
  export class Counter {
    constructor(name: string, cfg?: MetricConfig);
    increment(value?: number): void;
    ref(): Counter;
  }
  export class CounterGroup<L extends Labels<L>> {
    constructor(name: string, cfg?: MetricConfig);
    with(labels: L): Counter;
    ref(): CounterGroup<L>;
  }
  export class Gauge {
    constructor(name: string, cfg?: MetricConfig);
    set(value: number): void;
    ref(): Gauge;
  }
  export class GaugeGroup<L extends Labels<L>> {
    constructor(name: string, cfg?: MetricConfig);
    with(labels: L): Gauge;
    ref(): GaugeGroup<L>;
  }
}

declare module "encore.dev/pubsub" {
  export type DurationString = `${number}${"ms" | "s" | "m" | "h" | "d"}` | `${number}h${number}m` | `${number}m${number}s`;
  const branded: unique symbol;
  type Branded<T> = T & { readonly [branded]: T };
  export type Attribute<T extends string | number | boolean> = T | Branded<T>;
  type Brands = Branded<string> | Branded<number> | Branded<boolean>;
  export type AttributesOf<T extends object> = keyof { [K in keyof T as Extract<T[K], Brands> extends never ? never : K]: never };

  export abstract class TopicPerms {
    private permissions(): void;
  }
  export abstract class Publisher<M extends object> extends TopicPerms {
    abstract publish(msg: M): Promise<string>;
  }
  export type DeliveryGuarantee = "at-least-once" | "exactly-once";
  export interface TopicConfig<M extends object> {
    deliveryGuarantee: DeliveryGuarantee;
    orderingAttribute?: AttributesOf<M>;
  }
  export class Topic<M extends object> extends TopicPerms implements Publisher<M> {
    constructor(name: string, cfg: TopicConfig<M>);
    readonly name: string;
    readonly cfg: TopicConfig<M>;
    publish(msg: M): Promise<string>;
    ref<P extends TopicPerms>(): P;
  }
  export interface RetryPolicy {
    minBackoff?: DurationString;
    maxBackoff?: DurationString;
    maxRetries?: number;
  }
  export interface SubscriptionConfig<M> {
    handler: (msg: M) => Promise<unknown>;
    maxConcurrency?: number;
    ackDeadline?: DurationString;
    messageRetention?: DurationString;
    retryPolicy?: RetryPolicy;
  }
  export class Subscription<M extends object> {
    constructor(topic: Topic<M>, name: string, cfg: SubscriptionConfig<M>);
  }
}

declare module "encore.dev/service" {
  import type { Middleware } from "encore.dev/api";
  export interface ServiceConfig {
    middlewares?: Middleware[];
  }
  export class Service {
    constructor(name: string, cfg?: ServiceConfig);
    readonly name: string;
    readonly cfg: ServiceConfig;
  }
}

declare module "encore.dev/storage/sqldb" {
  export interface SQLDatabaseConfig {
    migrations?: string | { path: string; source?: "prisma" | "drizzle" | "drizzle/v1" };
  }
  export type Row = Record<string, any>;
  export type Primitive = string | string[] | number | number[] | boolean | boolean[] | Buffer | Date | Date[] | Record<string, any> | Record<string, any>[] | bigint | bigint[] | null | undefined;
  class Executor {
    query<T extends Row = Row>(strings: TemplateStringsArray, ...params: Primitive[]): AsyncGenerator<T>;
    rawQuery<T extends Row = Row>(query: string, ...params: Primitive[]): AsyncGenerator<T>;
    queryAll<T extends Row = Row>(strings: TemplateStringsArray, ...params: Primitive[]): Promise<T[]>;
    rawQueryAll<T extends Row = Row>(query: string, ...params: Primitive[]): Promise<T[]>;
    queryRow<T extends Row = Row>(strings: TemplateStringsArray, ...params: Primitive[]): Promise<T | null>;
    rawQueryRow<T extends Row = Row>(query: string, ...params: Primitive[]): Promise<T | null>;
    exec(strings: TemplateStringsArray, ...params: Primitive[]): Promise<void>;
    rawExec(query: string, ...params: Primitive[]): Promise<void>;
  }
  export class SQLDatabase extends Executor {
    constructor(name: string, cfg?: SQLDatabaseConfig);
    static named<Name extends string>(name: string extends Name ? never : Name): SQLDatabase;
    get connectionString(): string;
    acquire(): Promise<Connection>;
    begin(): Promise<Transaction>;
  }
  export class Transaction extends Executor {
    commit(): Promise<void>;
    rollback(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
  }
  export class Connection extends Executor {
    close(): Promise<void>;
  }
}

declare module "encore.dev/storage/objects" {
  export interface BucketConfig {
    public?: boolean;
    versioned?: boolean;
  }
  interface OfVersion {
    version?: string;
  }
  interface Lifetime {
    ttl?: number;
  }
  export interface ObjectAttrs {
    name: string;
    size: number;
    version?: string;
    etag: string;
    contentType?: string;
  }
  export interface ListOptions {
    prefix?: string;
    limit?: number;
  }
  export interface ListEntry {
    name: string;
    size: number;
    etag: string;
  }
  export interface UploadOptions {
    contentType?: string;
    preconditions?: { notExists?: boolean };
  }
  export abstract class BucketPerms {
    private permissions(): void;
  }
  export abstract class Uploader extends BucketPerms {
    abstract upload(name: string, data: Buffer, options?: UploadOptions): Promise<ObjectAttrs>;
  }
  export abstract class SignedUploader extends BucketPerms {
    abstract signedUploadUrl(name: string, options?: Lifetime): Promise<{ url: string }>;
  }
  export abstract class Downloader extends BucketPerms {
    abstract download(name: string, options?: OfVersion): Promise<Buffer>;
  }
  export abstract class SignedDownloader extends BucketPerms {
    abstract signedDownloadUrl(name: string, options?: Lifetime): Promise<{ url: string }>;
  }
  export abstract class Attrser extends BucketPerms {
    abstract attrs(name: string, options?: OfVersion): Promise<ObjectAttrs>;
    abstract exists(name: string, options?: OfVersion): Promise<boolean>;
  }
  export abstract class Lister extends BucketPerms {
    abstract list(options: ListOptions): AsyncGenerator<ListEntry>;
  }
  export abstract class Remover extends BucketPerms {
    abstract remove(name: string, options?: OfVersion): Promise<void>;
  }
  export abstract class PublicUrler extends BucketPerms {
    abstract publicUrl(name: string): string;
  }
  export type ReadWriter = Uploader & SignedUploader & Downloader & SignedDownloader & Attrser & Lister & Remover;
  export class Bucket extends BucketPerms implements Uploader, SignedUploader, Downloader, SignedDownloader, Attrser, Lister, Remover, PublicUrler {
    constructor(name: string, cfg?: BucketConfig);
    static named<Name extends string>(name: string extends Name ? never : Name): Bucket;
    upload(name: string, data: Buffer, options?: UploadOptions): Promise<ObjectAttrs>;
    signedUploadUrl(name: string, options?: Lifetime): Promise<{ url: string }>;
    download(name: string, options?: OfVersion): Promise<Buffer>;
    signedDownloadUrl(name: string, options?: Lifetime): Promise<{ url: string }>;
    attrs(name: string, options?: OfVersion): Promise<ObjectAttrs>;
    exists(name: string, options?: OfVersion): Promise<boolean>;
    list(options: ListOptions): AsyncGenerator<ListEntry>;
    remove(name: string, options?: OfVersion): Promise<void>;
    publicUrl(name: string): string;
    ref<P extends BucketPerms>(): P;
  }
  export class ObjectsError extends Error {}
  export class ObjectNotFound extends ObjectsError {}
  export class PreconditionFailed extends ObjectsError {}
  export class InvalidArgument extends ObjectsError {}
}

declare module "encore.dev/storage/cache" {
  export type EvictionPolicy = "noeviction" | "allkeys-lru" | "allkeys-lfu" | "allkeys-random" | "volatile-lru" | "volatile-lfu" | "volatile-ttl" | "volatile-random";
  export interface CacheClusterConfig {
    evictionPolicy?: EvictionPolicy;
  }
  export class CacheCluster {
    constructor(name: string, cfg?: CacheClusterConfig);
    readonly clusterName: string;
    static named<Name extends string>(name: string extends Name ? never : Name): CacheCluster;
  }
  const expiry: unique symbol;
  export type Expiry = "never" | "keep-ttl" | { readonly [expiry]: number };
  export function expireIn(ms: number): Expiry;
  export function expireInSeconds(seconds: number): Expiry;
  export function expireInMinutes(minutes: number): Expiry;
  export function expireInHours(hours: number): Expiry;
  export function expireDailyAt(hours: number, minutes: number, seconds: number): Expiry;
  export const neverExpire: Expiry;
  export const keepTTL: Expiry;

  export interface KeyspaceConfig<K> {
    keyPattern: string;
    defaultExpiry?: Expiry;
  }
  export interface WriteOptions {
    expiry?: Expiry;
  }
  abstract class Keyspace<K> {
    constructor(cluster: CacheCluster, config: KeyspaceConfig<K>);
    with(options: WriteOptions): this;
    delete(...keys: K[]): Promise<number>;
  }
  abstract class Basic<K, V> extends Keyspace<K> {
    get(key: K): Promise<V | undefined>;
    multiGet(...keys: K[]): Promise<(V | undefined)[]>;
    multiSet(entries: [K, V][], options?: WriteOptions): Promise<void>;
    set(key: K, value: V, options?: WriteOptions): Promise<void>;
    setIfNotExists(key: K, value: V, options?: WriteOptions): Promise<void>;
    replace(key: K, value: V, options?: WriteOptions): Promise<void>;
    getAndSet(key: K, value: V, options?: WriteOptions): Promise<V | undefined>;
    getAndDelete(key: K): Promise<V | undefined>;
  }
  export class StringKeyspace<K> extends Basic<K, string> {
    append(key: K, value: string, options?: WriteOptions): Promise<number>;
    getRange(key: K, start: number, end: number): Promise<string>;
    setRange(key: K, offset: number, value: string, options?: WriteOptions): Promise<number>;
    len(key: K): Promise<number>;
  }
  class Numbers<K> extends Basic<K, number> {
    increment(key: K, delta?: number, options?: WriteOptions): Promise<number>;
    decrement(key: K, delta?: number, options?: WriteOptions): Promise<number>;
  }
  export class IntKeyspace<K> extends Numbers<K> {}
  export class FloatKeyspace<K> extends Numbers<K> {}
  export class StructKeyspace<K, V> extends Basic<K, V> {}

  export type ListPosition = "left" | "right";
  class List<K, V> extends Keyspace<K> {
    pushLeft(key: K, ...values: V[]): Promise<number>;
    pushRight(key: K, ...values: V[]): Promise<number>;
    popLeft(key: K, options?: WriteOptions): Promise<V | undefined>;
    popRight(key: K, options?: WriteOptions): Promise<V | undefined>;
    len(key: K): Promise<number>;
    trim(key: K, start: number, stop: number, options?: WriteOptions): Promise<void>;
    set(key: K, index: number, value: V, options?: WriteOptions): Promise<void>;
    get(key: K, index: number): Promise<V | undefined>;
    items(key: K): Promise<V[]>;
    getRange(key: K, start: number, stop: number): Promise<V[]>;
    insertBefore(key: K, pivot: V, value: V, options?: WriteOptions): Promise<number>;
    insertAfter(key: K, pivot: V, value: V, options?: WriteOptions): Promise<number>;
    removeAll(key: K, value: V, options?: WriteOptions): Promise<number>;
    removeFirst(key: K, count: number, value: V, options?: WriteOptions): Promise<number>;
    removeLast(key: K, count: number, value: V, options?: WriteOptions): Promise<number>;
    move(from: K, to: K, fromPosition: ListPosition, toPosition: ListPosition, options?: WriteOptions): Promise<V | undefined>;
  }
  export class StringListKeyspace<K> extends List<K, string> {}
  export class NumberListKeyspace<K> extends List<K, number> {}

  class Members<K, V> extends Keyspace<K> {
    add(key: K, ...members: V[]): Promise<number>;
    remove(key: K, ...members: V[]): Promise<number>;
    popOne(key: K, options?: WriteOptions): Promise<V | undefined>;
    pop(key: K, count: number, options?: WriteOptions): Promise<V[]>;
    contains(key: K, member: V): Promise<boolean>;
    len(key: K): Promise<number>;
    items(key: K): Promise<V[]>;
    itemsSet(key: K): Promise<Set<V>>;
    diff(...keys: K[]): Promise<V[]>;
    diffSet(...keys: K[]): Promise<Set<V>>;
    diffStore(destination: K, keys: K[], options?: WriteOptions): Promise<number>;
    intersect(...keys: K[]): Promise<V[]>;
    intersectSet(...keys: K[]): Promise<Set<V>>;
    intersectStore(destination: K, keys: K[], options?: WriteOptions): Promise<number>;
    union(...keys: K[]): Promise<V[]>;
    unionSet(...keys: K[]): Promise<Set<V>>;
    unionStore(destination: K, keys: K[], options?: WriteOptions): Promise<number>;
    sampleOne(key: K): Promise<V | undefined>;
    sample(key: K, count: number): Promise<V[]>;
    sampleWithReplacement(key: K, count: number): Promise<V[]>;
    move(from: K, to: K, member: V, options?: WriteOptions): Promise<boolean>;
  }
  export class StringSetKeyspace<K> extends Members<K, string> {}
  export class NumberSetKeyspace<K> extends Members<K, number> {}

  export class CacheError extends Error {}
  export class CacheMiss extends CacheError {}
  export class CacheKeyExists extends CacheError {}
}

declare module "encore.dev/validate" {
  export interface Min<N extends number> {}
  export interface Max<N extends number> {}
  export interface MinLen<N extends number> {}
  export interface MaxLen<N extends number> {}
  export interface MatchesRegexp<S extends string> {}
  export interface StartsWith<S extends string> {}
  export interface EndsWith<S extends string> {}
  export interface IsEmail {}
  export interface IsURL {}
}
