/**
 * The instructions of BEAM code by their numbers, which are those of compiler's `genop.tab` and never change: a later OTP
 * only adds some.
 */

/** How many operands each instruction has, a digit for each, from number 1 on. The last ones are of OTP 29. */
const ARITIES =
  "13023223245232321100002112444444444443333333222222" + // 1
  "22222223331212333332110113222555421122555210122444" + // 51
  "43121112635122357775322562222134086265454543333301" + // 101
  "1715523340022234322431211163015324624363"; // 151

/** Instructions that mean something to a reader of code, by the names of `beam_asm`. */
export const OPCODE = {
  label: 1,
  func_info: 2,
  int_code_end: 3,
  call: 4,
  call_last: 5,
  call_only: 6,
  call_ext: 7,
  call_ext_last: 8,
  return: 19,
  timeout: 22,
  loop_rec: 23,
  wait: 25,
  wait_timeout: 26,
  test_arity: 58,
  select_val: 59,
  select_tuple_arity: 60,
  jump: 61,
  catch: 62,
  catch_end: 63,
  move: 64,
  get_list: 65,
  get_tuple_element: 66,
  put_list: 69,
  call_fun: 75,
  call_ext_only: 78,
  try: 104,
  try_end: 105,
  try_case: 106,
  apply: 112,
  apply_last: 113,
  trim: 136,
  line: 153,
  put_map_assoc: 154,
  put_map_exact: 155,
  is_tagged_tuple: 159,
  get_hd: 162,
  get_tl: 163,
  put_tuple2: 164,
  swap: 169,
  make_fun3: 171,
  init_yregs: 172,
  call_fun2: 178,
  update_record: 181,
  debug_line: 184,
} as const;

/** How many operands an instruction has; `undefined` if it is none that is known. */
export function operandCount(opcode: number): number | undefined {
  const digit = ARITIES[opcode - 1];
  return digit === undefined ? undefined : Number(digit);
}
