/**
 * Orders names so that each comes after those that it needs. Where nothing decides, and within a circle of names that need each
 * other, the order given counts; names that are needed and not given are passed over.
 */
export function orderByNeeds(names: readonly string[], needs: (name: string) => Iterable<string>): string[] {
  const places = new Map(names.map((name, index) => [name, index]));
  const ordered: string[] = [];
  // Tarjan's algorithm: a circle is complete when its first member is left, and then all that it needs is in order.
  const numbers = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();

  const visit = (start: string): void => {
    const frames = [enter(start)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const { value: needed, done } = frame.needs.next();
      if (done === true) {
        frames.pop();
        const parent = frames.at(-1);
        if (parent !== undefined) parent.low = Math.min(parent.low, frame.low);
        if (frame.low === numbers.get(frame.name)) leave(frame.name);
      } else if (!numbers.has(needed)) {
        frames.push(enter(needed));
      } else if (isOpen.has(needed)) {
        frame.low = Math.min(frame.low, numbers.get(needed) ?? 0);
      }
    }
  };
  const enter = (name: string): { name: string; low: number; needs: Iterator<string, undefined> } => {
    const number = numbers.size;
    numbers.set(name, number);
    open.push(name);
    isOpen.add(name);
    const known = [...needs(name)].filter((needed) => places.has(needed));
    return { name, low: number, needs: known.sort(byPlace).values() };
  };
  const leave = (first: string): void => {
    const circle = open.splice(open.lastIndexOf(first));
    for (const name of circle) isOpen.delete(name);
    ordered.push(...circle.sort(byPlace));
  };
  const byPlace = (a: string, b: string): number => (places.get(a) ?? 0) - (places.get(b) ?? 0);

  for (const name of names) if (!numbers.has(name)) visit(name);
  return ordered;
}
