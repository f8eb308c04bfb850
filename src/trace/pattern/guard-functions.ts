/** Names with the numbers of arguments that they take. Source: "Match Specifications in Erlang" of the ERTS guide, OTP 25 to 29. */
const BY_ARITY: readonly (readonly string[])[] = [
  "self node",
  `is_atom is_binary is_bitstring is_boolean is_float is_function is_integer is_list is_map is_number is_pid is_port
   is_reference is_tuple abs bit_size byte_size ceil float floor hd length map_size node round size tl trunc tuple_size
   + - not bnot`,
  `element is_function is_map_key map_get min max binary_part is_record == /= =< < >= > =:= =/=
   + - * / div rem band bor bxor bsl bsr and or xor andalso orelse`,
  "binary_part is_record",
].map((names) => names.split(/\s+/));

/** Whether a guard may call this. */
export function isGuardFunction(name: string, arity: number): boolean {
  return BY_ARITY[arity]?.includes(name) ?? false;
}

/** The numbers of arguments with which a guard may call this. */
export function guardArities(name: string): readonly number[] {
  return BY_ARITY.flatMap((names, arity) => (names.includes(name) ? [arity] : []));
}

/** All names that are no operators. */
export function guardFunctionNames(): readonly string[] {
  return [...new Set(BY_ARITY.flat())].filter((name) => /^[a-z]\w{2,}$/.test(name));
}
