// What fixtures use of Node's own modules and globals.

interface Buffer extends Uint8Array {
  toString(encoding?: string): string;
}
declare const Buffer: {
  from(data: string | ArrayBuffer | ArrayLike<number>, encoding?: string): Buffer;
  concat(list: readonly Uint8Array[]): Buffer;
};

declare const process: { env: Record<string, string | undefined>; exit(code?: number): never; argv: string[] };

declare module "node:http" {
  export interface IncomingMessage extends AsyncIterable<Buffer> {
    method?: string;
    url?: string;
    headers: Record<string, string | string[] | undefined>;
    on(event: string, listener: (...values: any[]) => void): this;
  }
  export interface ServerResponse {
    statusCode: number;
    setHeader(name: string, value: number | string | readonly string[]): this;
    writeHead(status: number, headers?: Record<string, number | string>): this;
    write(chunk: any): boolean;
    end(chunk?: any): this;
  }
}

declare module "http" {
  export * from "node:http";
}

declare module "node:crypto" {
  export function randomUUID(): string;
  export function createHash(algorithm: string): { update(data: string | Uint8Array): { digest(encoding: string): string } };
}
