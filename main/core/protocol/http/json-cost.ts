/** Bytes counted per object or list, and per further value in it. */
export const OBJECT_BYTES = 128
export const VALUE_BYTES = 80

const BRACE = 0x7b
const BRACKET = 0x5b
const COMMA = 0x2c

/**
 * Upper bound in bytes of the memory that a JSON text takes after parsing and validation, computed by counting, without
 * parsing. A text can grow many times: `{},` of three bytes takes 64, a member with a unique name more than 100.
 */
export function jsonCost(text: Uint8Array): number {
  let objects = 0
  let values = 0
  for (const byte of text) {
    if (byte === BRACE || byte === BRACKET) objects += 1
    else if (byte === COMMA) values += 1
  }
  return text.length + objects * OBJECT_BYTES + values * VALUE_BYTES
}
