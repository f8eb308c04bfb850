/**
 * The parts of the ZIP format that archives of Erlang need: entries that are stored or deflated, no encryption, no
 * ZIP64, one volume. Specified in PKWARE's APPNOTE.TXT. Numbers are little-endian.
 */

export const SIGNATURE = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;

export const METHOD = { stored: 0, deflated: 8 } as const;

/** Sizes of the fixed parts, in bytes. */
export const HEADER_SIZE = { local: 30, central: 46, end: 22 } as const;

/** A comment at the end of an archive has at most so many bytes. */
export const MAX_COMMENT = 0xffff;
