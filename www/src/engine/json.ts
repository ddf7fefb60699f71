/**
 * The one place where JSON loses and regains its type on its way through WebAssembly, which takes
 * and gives strings.
 */

declare const type: unique symbol;

/** JSON of a `T`. Rust declares what it takes and gives: see `src/web/shapes.rs`. */
export type Json<T> = string & { readonly [type]: T };

export function parse<T>(json: Json<T>): T {
  return JSON.parse(json) as T;
}

export function stringify<T>(value: T): Json<T> {
  return JSON.stringify(value) as Json<T>;
}
