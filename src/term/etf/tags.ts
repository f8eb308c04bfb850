/** The bytes that begin each form of the external term format, by the names of its specification. */
export const TAG = {
  VERSION: 131,
  NEW_FLOAT: 70,
  BIT_BINARY: 77,
  COMPRESSED: 80,
  ATOM_CACHE_REF: 82,
  NEW_PID: 88,
  NEW_PORT: 89,
  NEWER_REFERENCE: 90,
  SMALL_INTEGER: 97,
  INTEGER: 98,
  FLOAT: 99,
  ATOM: 100,
  REFERENCE: 101,
  PORT: 102,
  PID: 103,
  SMALL_TUPLE: 104,
  LARGE_TUPLE: 105,
  NIL: 106,
  STRING: 107,
  LIST: 108,
  BINARY: 109,
  SMALL_BIG: 110,
  LARGE_BIG: 111,
  NEW_FUN: 112,
  EXPORT: 113,
  NEW_REFERENCE: 114,
  SMALL_ATOM: 115,
  MAP: 116,
  FUN: 117,
  ATOM_UTF8: 118,
  SMALL_ATOM_UTF8: 119,
  V4_PORT: 120,
  LOCAL: 121,
} as const;

/** How many bytes the old text form of a float takes. */
export const FLOAT_TEXT_BYTES = 31;

/** How many 32-bit words a reference may have. */
export const MAX_REFERENCE_WORDS = 5;

/** The highest port number that the form before OTP 24 can hold. */
export const MAX_NEW_PORT_ID = 0xfff_ffffn;

/** The longest list of bytes that is written as a string. */
export const MAX_STRING_LENGTH = 0xffff;
