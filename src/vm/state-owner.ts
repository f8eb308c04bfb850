import { EnitError } from "../error/index.ts";
import type { Release } from "../release/index.ts";
import { libc } from "../system/index.ts";
import { findIdentity, findOwner } from "./identity.ts";

/**
 * Throws `state_dir_foreign` if root would run as somebody else what another user ran, in that user's state directory: what is
 * there would no longer be theirs, and links that they put there lead anywhere. Throws what `findIdentity` throws.
 */
export async function refuseForeignState({ name, stateDir, node }: Release): Promise<void> {
  const owner = process.geteuid?.() === 0 ? findOwner(stateDir) : undefined;
  if (owner === undefined || owner === 0) return;
  const { uid, user } = await findIdentity(node.runAsUser, node.runAsGroup);
  if (owner === uid) return;
  const ownerName = (await libc()).findUser(owner)?.name ?? String(owner);
  const state = `the state directory "${stateDir}" is that of user "${ownerName}"`;
  throw new EnitError("state_dir_foreign", `cannot start "${name}" as user "${user?.name ?? uid}": ${state}`, {
    hint: `Run enit as that user, or have them named: {node, [{run_as_user, "${ownerName}"}]}.`,
    data: { release: name, path: stateDir, owner: ownerName },
  });
}
