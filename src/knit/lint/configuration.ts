/** Configuration: whether `release_handler` will be able to read it. */
import { EnitError } from "../../error/index.ts";
import { parseTermFile } from "../../otp/index.ts";
import { type Term, isAtom, isTuple, listElements, stringValue } from "../../term/index.ts";
import type { Finding, ReleaseFacts, UpgradeFacts } from "./facts.ts";

/** What is wrong with the `sys.config` of either release: each is read again by an upgrade or a downgrade. */
export function checkConfiguration({ from, to }: UpgradeFacts): Finding[] {
  return [to, from].flatMap(({ spec, sysConfig }) => {
    const reason = sysConfig === undefined ? undefined : whyUnreadable(sysConfig);
    if (reason === undefined) return [];
    const message = `the configuration of ${spec.name} ${spec.vsn} counts as empty: ${reason}`;
    return [{ code: "sys-config-unreadable" as const, message }];
  });
}

/** As `release_handler`: one term, a list of `{APPLICATION, [{KEY, VALUE}]}` and of the names of further files. */
function whyUnreadable({ file, content }: NonNullable<ReleaseFacts["sysConfig"]>): string | undefined {
  let terms: readonly Term[];
  try {
    ({ terms } = parseTermFile(content, file));
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    return error.message;
  }
  const [term, another] = terms;
  if (another !== undefined) return `"${file}" holds ${terms.length} terms in place of one list`;
  const sections = listElements(term);
  if (sections === undefined) return `"${file}" holds no list`;
  return sections.every(isSection) ? undefined : `"${file}" is no list of {APPLICATION, [{KEY, VALUE}]}`;
}

function isSection(term: Term): boolean {
  if (stringValue(term) !== undefined) return true;
  const [name, entries] = isTuple(term, 2) ? term.elements : [];
  return isAtom(name) && listElements(entries)?.every((each) => isTuple(each, 2) && isAtom(each.elements[0])) === true;
}
