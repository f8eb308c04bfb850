/** `NAME-VSN`, or the name alone if there is no version. */
export function labelOf(name: string, vsn: string): string {
  return vsn === "" ? name : `${name}-${vsn}`;
}
