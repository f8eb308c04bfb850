/** erlang_js brings no types; this is as much of it as the benchmark uses. */
declare module "erlang_js" {
  type Callback = (error: unknown, value: unknown) => void;
  export const Erlang: {
    binary_to_term(data: Uint8Array, callback: Callback): void;
    term_to_binary(term: unknown, callback: Callback): void;
  };
}
